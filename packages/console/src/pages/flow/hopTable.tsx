import type { ReactElement } from "react";
import type { FlowView } from "../../contract.ts";
import { countText, durationText, Table } from "../../ui/index.ts";
import { HOP_TITLES } from "./hopTitles.ts";
import { rateText } from "./rateText.ts";

/** The figures of the picture, all of them. */
export function HopTable({ hops }: { readonly hops: FlowView["hops"] }): ReactElement {
  return (
    <Table label="Figures of each hop">
      <thead>
        <tr>
          <th scope="col">Hop</th>
          {["In all", "Last minute", "In it", "p50", "p95", "p99"].map((title) => (
            <th key={title} scope="col" data-align="end">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {hops.map(({ hop, total, perSecond, inFlight, p50Ms, p95Ms, p99Ms }) => (
          <tr key={hop}>
            <th scope="row">{HOP_TITLES[hop].title}</th>
            <td data-align="end">{countText(total)}</td>
            <td data-align="end">{rateText(perSecond)}</td>
            <td data-align="end">{inFlight === undefined ? "–" : countText(inFlight)}</td>
            {[p50Ms, p95Ms, p99Ms].map((ms, index) => (
              // Always three, in this order.
              <td key={index} data-align="end">
                {ms === undefined ? "–" : durationText(ms)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
