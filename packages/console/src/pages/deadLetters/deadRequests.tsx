import type { ReactElement } from "react";
import { useNow } from "../../app/consoleContext.ts";
import { hrefOf } from "../../app/route.ts";
import { Button, Card, durationText, Icon, pluralText, sentence, shortId, Time } from "../../ui/index.ts";
import { failureAdvice } from "../requests/detail/failureAdvice.ts";
import { failedAt } from "./byReason.ts";
import type { CodeGroup, DeadRequest } from "./byReason.ts";

export interface DeadRequestsProps {
  readonly group: CodeGroup;
  /** Those whose redrive was asked for. */
  readonly busy: ReadonlySet<string>;
  readonly onRedrive: (request: DeadRequest) => void;
}

/** Requests that failed with one code: what that means, and each with its reason. */
export function DeadRequests({ group: { code, requests }, busy, onRedrive }: DeadRequestsProps): ReactElement {
  const now = useNow();
  const { told, advice } = failureAdvice(code);
  return (
    <Card title={code} className="dead-group" actions={<span className="small muted">{pluralText(requests.length, "request")}</span>}>
      <p className="small muted">
        {told} {advice}
      </p>
      <ul>
        {requests.map((request) => {
          const { tenantId, requestId, action, userId, attempt, failureReason, createdAt } = request;
          return (
            <li key={`${tenantId}/${requestId}`} className="dead-item">
              <div className="dead-what">
                <a href={hrefOf({ page: "request", tenantId, requestId })}>
                  {action} <span className="mono small">{shortId(requestId)}</span>
                </a>
                <p className="dead-reason small">{failureReason === undefined ? "No reason was kept." : sentence(failureReason)}</p>
                <p className="small muted number">
                  {userId} of {tenantId} · {pluralText(attempt, "attempt")} in {durationText(failedAt(request) - createdAt)} · failed{" "}
                  <Time at={failedAt(request)} now={now} />
                </p>
              </div>
              <Button
                size="small"
                aria-label={`Redrive ${action} ${shortId(requestId)}`}
                disabled={busy.has(requestId)}
                onClick={() => onRedrive(request)}
              >
                <Icon name="retry" />
                Redrive
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
