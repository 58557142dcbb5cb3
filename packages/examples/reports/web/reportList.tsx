import { useRequest, useRequests } from "@streamer/react";
import type { RequestSummary } from "@streamer/react";
import type { ReactElement } from "react";
import { api } from "./api.ts";
import { StatusBadge } from "./statusBadge.tsx";

export interface ReportListProps {
  readonly shownId: string | undefined;
  readonly onShow: (id: string) => void;
}

/** All reports of this user, newest first, those of other tabs and of yesterday too. It follows what happens to them. */
export function ReportList({ shownId, onShow }: ReportListProps): ReactElement {
  const { requests, loading, hasMore, loadMore, error } = useRequests({ action: "make_report", limit: 10 }, { live: true });
  return (
    <section className="card" aria-labelledby="my-reports">
      <h2 id="my-reports">My reports</h2>
      {error !== undefined && (
        <p className="note" data-tone="bad">
          The list could not be fetched: {error.code}.
        </p>
      )}
      {requests.length === 0 && <p className="hint">{loading ? "Fetching …" : "None yet."}</p>}
      <ul className="rows">
        {requests.map((request) => (
          <ReportRow key={request.request_id} request={request} shown={request.request_id === shownId} onShow={onShow} />
        ))}
      </ul>
      {hasMore && (
        <div>
          <button type="button" disabled={loading} onClick={() => void loadMore()}>
            More
          </button>
        </div>
      )}
    </section>
  );
}

interface ReportRowProps {
  readonly request: RequestSummary;
  readonly shown: boolean;
  readonly onShow: (id: string) => void;
}

function ReportRow({ request, shown, onShow }: ReportRowProps): ReactElement {
  const open = ["pending", "processing", "retrying"].includes(request.status);
  // Its progress is followed while it is open; with no id nothing is.
  const live = useRequest(api.makeReport, open ? request.request_id : undefined);
  const status = live.status === "idle" ? request.status : live.status;
  const time = new Date(request.created_at * 1_000);
  return (
    <li className="row" data-listed={request.request_id}>
      <time dateTime={time.toISOString()}>{time.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}</time>
      <span className="row">
        {open && <span className="hint number">{Math.round(live.percentage)} %</span>}
        <StatusBadge status={status} />
        <button type="button" className="small" aria-pressed={shown} onClick={() => onShow(request.request_id)}>
          Show<span className="only-read"> the report of {time.toLocaleTimeString("en")}</span>
        </button>
      </span>
    </li>
  );
}
