import { memo } from "react";
import type { ReactElement } from "react";
import { hrefOf } from "../../../app/route.ts";
import type { RequestRow } from "../../../contract.ts";
import { Bar, durationText, shortId, StatusBadge, statusText, Time } from "../../../ui/index.ts";
import { percentageOf, tookMs } from "./rowText.ts";

export interface RequestRowProps {
  readonly row: RequestRow;
  readonly now: number;
  /** It came after the list was fetched. */
  readonly fresh: boolean;
  /** Whether Tab leads to it; the arrows lead to the others. */
  readonly tabbable: boolean;
}

/** One request as a line: a link to all about it. */
export const RequestRowView = memo(function RequestRowView({ row, now, fresh, tabbable }: RequestRowProps): ReactElement {
  const { tenantId, requestId, action, status } = row;
  const percentage = percentageOf(row);
  return (
    <li className="requests-item" data-fresh={fresh}>
      <a className="requests-row" href={hrefOf({ page: "request", tenantId, requestId })} tabIndex={tabbable ? 0 : -1}>
        <span className="requests-cell-what">
          <span className="requests-action">{action}</span>{" "}
          <span className="mono muted small" title={requestId}>
            {shortId(requestId)}
          </span>
        </span>
        <span className="requests-cell-status">
          <StatusBadge status={status} />
        </span>
        <span className="requests-cell-bar">
          {/* The number beside it says the same. */}
          <span aria-hidden="true" className="requests-bar">
            <Bar size="small" label="Progress" percentage={percentage} tone={statusText(status).tone} busy={status === "processing"} />
          </span>
          <span className="number small">{Math.round(percentage)} %</span>
        </span>
        <span className="requests-cell-user">
          <span className="hidden">, user </span>
          <span title={`${row.userId} of ${tenantId}`}>{row.userId}</span>
        </span>
        <span className="requests-cell-attempt number" data-many={row.attempt > 1}>
          <span className="hidden">, </span>
          <span className="requests-label">attempt </span>
          {row.attempt === 0 ? "–" : row.attempt}
        </span>
        <span className="requests-cell-age muted">
          <span className="hidden">, submitted </span>
          <Time at={row.createdAt} now={now} />
        </span>
        <span className="requests-cell-took number">
          <span className="hidden">, took </span>
          {durationText(tookMs(row, now))}
        </span>
      </a>
    </li>
  );
});
