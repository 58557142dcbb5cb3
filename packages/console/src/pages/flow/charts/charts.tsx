import type { ReactElement } from "react";
import type { FlowView } from "../../../contract.ts";
import { clockText, countText, durationText, Table } from "../../../ui/index.ts";
import { LineChart } from "./lineChart.tsx";
import { bucketsOf } from "./series.ts";

const BUCKET_SECONDS = 10;

/** The last two minutes: how many came and ended, and how long they took. */
export function Charts({ series }: { readonly series: FlowView["series"] }): ReactElement {
  const times = series.map(({ at }) => at);
  return (
    <div className="stack">
      <div className="chart-pair">
        <LineChart
          title="Requests a second"
          times={times}
          whole
          textOf={countText}
          lines={[
            { title: "submitted", tone: "accent", values: series.map(({ submitted }) => submitted) },
            { title: "ended", tone: "good", values: series.map(({ ended }) => ended) },
            { title: "failed", tone: "bad", values: series.map(({ failed }) => failed) },
          ]}
        />
        <LineChart
          title="From submitted to ended"
          times={times}
          textOf={durationText}
          emptyText="No request ended in these two minutes"
          lines={[
            { title: "p50", tone: "accent", values: series.map(({ p50Ms }) => p50Ms) },
            { title: "p95", tone: "warn", values: series.map(({ p95Ms }) => p95Ms) },
          ]}
        />
      </div>
      <details className="flow-more">
        <summary>As a table</summary>
        <SeriesTable series={series} />
      </details>
    </div>
  );
}

function SeriesTable({ series }: { readonly series: FlowView["series"] }): ReactElement {
  return (
    <Table label={`The last two minutes, each ${BUCKET_SECONDS} seconds`}>
      <thead>
        <tr>
          <th scope="col">{BUCKET_SECONDS} s from</th>
          {["Submitted", "Ended", "Failed", "Highest p50", "Highest p95"].map((title) => (
            <th key={title} scope="col" data-align="end">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bucketsOf(series, BUCKET_SECONDS).map(({ at, submitted, ended, failed, p50Ms, p95Ms }) => (
          <tr key={at}>
            <th scope="row" className="number">
              {clockText(at).slice(0, 8)}
            </th>
            <td data-align="end">{countText(submitted)}</td>
            <td data-align="end">{countText(ended)}</td>
            <td data-align="end">{countText(failed)}</td>
            <td data-align="end">{p50Ms === undefined ? "–" : durationText(p50Ms)}</td>
            <td data-align="end">{p95Ms === undefined ? "–" : durationText(p95Ms)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
