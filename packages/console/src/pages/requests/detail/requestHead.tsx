import { useState } from "react";
import type { ReactElement } from "react";
import { useCommand, useConsole } from "../../../app/consoleContext.ts";
import { hrefOf } from "../../../app/route.ts";
import { isTerminal } from "@streamer/protocol";
import type { RequestDetail } from "../../../contract.ts";
import { agoText, Bar, Button, ButtonLink, CopyButton, durationText, Icon, StatusBadge, statusText, Time } from "../../../ui/index.ts";
import { percentageOf, tookMs } from "../list/rowText.ts";
import { commandsOf } from "./commands.ts";

export interface RequestHeadProps {
  readonly request: RequestDetail;
  readonly now: number;
  readonly onCommanded: () => void;
}

/** Where it stands, and what can be done with it. */
export function RequestHead({ request, now, onCommanded }: RequestHeadProps): ReactElement {
  const { status, requestId, tenantId, userId, action, attempt, createdAt, message, retryAt } = request;
  const percentage = percentageOf(request);
  return (
    <section className="card request-head" aria-label="State">
      <div className="row row-between">
        <div className="row">
          <StatusBadge status={status} />
          <span className="mono small request-id">{requestId}</span>
          <CopyButton text={requestId} label="Copy the id" />
        </div>
        <Commands request={request} onCommanded={onCommanded} />
      </div>
      <div className="request-progress">
        <Bar label={`Progress of ${action}`} percentage={percentage} tone={statusText(status).tone} busy={status === "processing"} />
        <strong className="number">{Math.round(percentage)} %</strong>
      </div>
      {!isTerminal(status) && (
        <p className="small muted">
          {status === "retrying" && retryAt !== undefined ? `Attempt ${attempt + 1} starts ${agoText(retryAt, now)}. ` : ""}
          {request.cancelRequestedAt === undefined ? "" : `Somebody asked for its end ${agoText(request.cancelRequestedAt, now)}. `}
          {message ?? ""}
        </p>
      )}
      <dl className="request-facts">
        <Fact name="Took">{durationText(tookMs(request, now))}</Fact>
        <Fact name="Attempt">{attempt === 0 ? "none yet" : String(attempt)}</Fact>
        <Fact name="Submitted">
          <Time at={createdAt} now={now} />
        </Fact>
        <Fact name="User">{userId}</Fact>
        <Fact name="Tenant">{tenantId}</Fact>
        <Fact name="Watched by">{request.watchers.length === 0 ? "nobody" : String(request.watchers.length)}</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactElement | string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Commands({ request, onCommanded }: Omit<RequestHeadProps, "now">): ReactElement {
  const { api } = useConsole();
  const run = useCommand();
  const [busy, setBusy] = useState(false);
  const { tenantId, requestId, action } = request;
  return (
    <div className="row">
      <ButtonLink href={hrefOf({ page: "try", action, requestId })}>
        <Icon name="play" />
        Follow in Try it
      </ButtonLink>
      {commandsOf(request).map(({ command, title, kind, done }) => (
        <Button
          key={command}
          kind={kind}
          disabled={busy}
          onClick={() => {
            setBusy(true);
            run(async () => {
              try {
                await api.commandRequest(tenantId, requestId, command);
              } finally {
                setBusy(false);
                onCommanded();
              }
            }, done);
          }}
        >
          {command === "redrive" && <Icon name="retry" />}
          {command === "kill-worker" && <Icon name="bolt" />}
          {title}
        </Button>
      ))}
    </div>
  );
}
