import type { UseActionResult } from "@streamer/react";
import type { ReactElement } from "react";
import type { App } from "../functions/src/actions/index.ts";
import { explain } from "./explain.ts";
import { Stages } from "./stages.tsx";
import { StatusBadge } from "./statusBadge.tsx";
import { useSecondsUntil } from "./useSecondsUntil.ts";

export interface ShownReportProps {
  readonly report: UseActionResult<App["makeReport"]>;
}

/** One report, from the button to its file. */
export function ShownReport({ report }: ShownReportProps): ReactElement {
  const open = report.data === undefined && report.error === undefined;
  return (
    <section className="card" aria-labelledby="shown-report" data-request={report.id} data-status={report.status}>
      <div className="row">
        <h2 id="shown-report">Report</h2>
        <StatusBadge status={report.status} stale={report.stale} />
      </div>
      <div className="bar">
        <progress max={100} value={report.percentage} aria-label="How far the report is" />
        <span className="number">{Math.round(report.percentage)} %</span>
      </div>
      <Stages current={report.metadata?.stage} done={report.data !== undefined} />
      <p role="status">
        {open && (report.message || "Waiting for a worker")}
        {report.data !== undefined && "The file is ready."}
        {report.error !== undefined && "There is no file."}
        {report.attempt > 1 && ` (attempt ${report.attempt})`}
      </p>
      {report.status === "retrying" && <Retry at={report.retryAt} />}
      {report.data !== undefined && (
        <div className="row note" data-tone="good">
          <span>
            {report.data.sales.toLocaleString("en")} sales, {euros(report.data.total_cents)}
          </span>
          <a className="button primary" href={report.data.url}>
            Download CSV
          </a>
        </div>
      )}
      {report.error !== undefined && (
        <p className="note" data-tone="bad" role="alert">
          {explain(report.error)}
        </p>
      )}
      {open && (
        <div>
          <button type="button" onClick={() => void report.cancel("cancelled on the page")}>
            Cancel
          </button>
        </div>
      )}
    </section>
  );
}

function Retry({ at }: { readonly at: Date | undefined }): ReactElement {
  const seconds = useSecondsUntil(at);
  return (
    <p className="note">
      The sales system did not answer. It is asked again <span className="number">{seconds === 0 ? "now" : `in ${seconds} s`}</span>, from
      the first month on.
    </p>
  );
}

function euros(cents: number): string {
  return (cents / 100).toLocaleString("en", { style: "currency", currency: "EUR" });
}
