import { useAction, useConnection } from "@streamer/react";
import type { ReactElement } from "react";
import { api } from "./api.ts";
import { ReportForm } from "./reportForm.tsx";
import { ReportList } from "./reportList.tsx";
import { ShownReport } from "./shownReport.tsx";
import { useShownId } from "./useShownId.ts";

/** Asks for reports, shows one while it is made, and lists all. */
export function ReportsPage(): ReactElement {
  const [shownId, show] = useShownId();
  // After a reload, or when another is chosen from the list, it goes on with that one.
  const report = useAction(api.makeReport, { resume: shownId });
  return (
    <main>
      <header className="row">
        <h1>Sales reports</h1>
        <Connection />
      </header>
      <p className="lead">A report takes some seconds. Reload meanwhile, or close the page: it is made all the same.</p>
      <ReportForm onSubmit={(input) => show(report.submit(input).id)} />
      {report.status !== "idle" && <ShownReport report={report} />}
      <ReportList shownId={report.id} onShow={show} />
    </main>
  );
}

function Connection(): ReactElement {
  const { state } = useConnection();
  return (
    <span className="badge" data-tone={state === "open" ? "good" : "warn"} role="status">
      {state === "open" ? "connected" : state}
    </span>
  );
}
