import type { ReactElement } from "react";
import { clockText, Table } from "../../../ui/index.ts";
import { exactText, HOP_TEXTS } from "./hopText.ts";
import type { Timeline } from "./layout.ts";

/** Every hop with its time, as a table. */
export function HopTable({ timeline }: { readonly timeline: Timeline }): ReactElement {
  return (
    <Table label="Each step">
      <thead>
        <tr>
          <th scope="col">At</th>
          <th scope="col" data-align="end">
            Since it came
          </th>
          <th scope="col">Hop</th>
          <th scope="col">What</th>
          <th scope="col" data-align="end">
            Took
          </th>
          <th scope="col">Trouble</th>
        </tr>
      </thead>
      {timeline.attempts.map(({ attempt, hops }) => (
        <tbody key={attempt ?? "none"}>
          {attempt !== undefined && (
            <tr className="timeline-section">
              <th scope="rowgroup" colSpan={6}>
                Attempt {attempt}
              </th>
            </tr>
          )}
          {hops.map((hop) => (
            <tr key={hop.id}>
              <td className="number">{clockText(hop.at)}</td>
              <td data-align="end">+{exactText(hop.at - timeline.startAt)}</td>
              <td>{HOP_TEXTS[hop.hop].name}</td>
              <td>{hop.what}</td>
              <td data-align="end">{hop.durationMs === undefined ? "" : exactText(hop.durationMs)}</td>
              <td className="request-trouble">{hop.trouble ?? ""}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </Table>
  );
}
