import type { ReactElement, ReactNode } from "react";
import type { RequestDetail } from "../../../contract.ts";
import { agoText, CopyButton, dateText, Json } from "../../../ui/index.ts";

/** Ids and times as they stand in the table. */
export function Details({ request, now }: { readonly request: RequestDetail; readonly now: number }): ReactElement {
  const times: readonly (readonly [string, number | undefined])[] = [
    ["Submitted", request.createdAt],
    ["Started", request.startedAt],
    ["Next attempt", request.retryAt],
    ["Asked to end", request.cancelRequestedAt],
    ["Ended", request.endedAt],
    ["Lease runs out", request.leaseExpiresAt],
    ["Forgotten", request.expiresAt],
  ];
  return (
    <div className="request-details">
      <dl>
        <Copied name="Id" value={request.requestId} />
        <Copied name="Correlation id" value={request.correlationId} />
        <Copied name="Submitted by connection" value={request.connectionId} />
        <Detail name="Sent again by the sweeper">{request.dispatches === 0 ? "never" : `${request.dispatches} times`}</Detail>
        <Detail name="Watched by">
          {request.watchers.length === 0
            ? "nobody"
            : request.watchers.map((watcher) => (
                <div key={watcher} className="mono">
                  {watcher}
                </div>
              ))}
        </Detail>
      </dl>
      <dl>
        {times.map(([name, at]) =>
          at === undefined ? null : (
            <Detail key={name} name={name}>
              <time dateTime={new Date(at).toISOString()} className="number">
                {dateText(at)} <span className="muted">({agoText(at, now)})</span>
              </time>
            </Detail>
          ),
        )}
      </dl>
      {Object.keys(request.metadata).length > 0 && (
        <div className="request-metadata">
          <h3>Metadata</h3>
          <Json label="the metadata" value={request.metadata} />
        </div>
      )}
    </div>
  );
}

function Detail({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Copied({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <Detail name={name}>
      <span className="mono">{value}</span> <CopyButton text={value} label={`Copy ${name.toLowerCase()}`} />
    </Detail>
  );
}
