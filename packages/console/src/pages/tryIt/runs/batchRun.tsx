import { useBatch } from "@streamer/react";
import type { ActionClient, BatchItemStatus } from "@streamer/client";
import type { Action } from "@streamer/protocol";
import { useEffect, useState } from "react";
import type { ReactElement } from "react";
import { useCommand, useConsole } from "../../../app/consoleContext.ts";
import { hrefOf } from "../../../app/route.ts";
import { Badge, Bar, Button, Icon, durationText, pluralText, statusText, titleOf } from "../../../ui/index.ts";
import { Elapsed } from "./elapsed.tsx";
import type { BatchRun } from "./run.ts";

const STATUSES: readonly BatchItemStatus[] = [
  "submitting",
  "queued",
  "running",
  "retrying",
  "completed",
  "failed",
  "cancelled",
  "rejected",
];

export interface BatchRunProps {
  readonly run: BatchRun;
  readonly action: ActionClient<Action>;
  readonly onAccepted: (run: BatchRun) => void;
  readonly onEnded: (run: BatchRun, durationMs: number) => void;
  readonly onStale: (id: string, stale: boolean) => void;
  readonly onRemove: (id: string) => void;
}

/** Many requests with one bar, and a square for each. */
export function BatchRunView({ run, action, onAccepted, onEnded, onStale, onRemove }: BatchRunProps): ReactElement {
  const { clock, identity } = useConsole();
  const command = useCommand();
  const [resume] = useState(() => (run.accepted ? run.ref : undefined));
  const batch = useBatch(action, { resume });
  const { submit, counts, done, stale, percentage, items, error } = batch;
  const { id, payload, ref } = run;
  useEffect(() => {
    if (resume === undefined)
      submit(
        Array.from({ length: ref.size }, () => payload),
        { id },
      );
  }, [submit, id, payload, ref, resume]);
  const known = batch.id !== undefined;
  const taken = known && counts.submitting === 0;
  useEffect(() => {
    if (taken && !run.accepted) onAccepted(run);
  }, [taken, run, onAccepted]);
  useEffect(() => {
    onStale(id, stale && !done);
    return () => onStale(id, false);
  }, [id, stale, done, onStale]);
  useEffect(() => {
    if (known && done && run.durationMs === undefined) onEnded(run, clock.now() - run.startedAt);
  }, [known, done, run, onEnded, clock]);
  const ended = known && done;
  const failed = counts.failed + counts.rejected;
  const title = `${titleOf(run.action)}, batch of ${ref.size}`;
  const { tenant } = identity.get();
  return (
    <li className="run" data-batch={id} data-done={ended} data-stale={stale && !ended}>
      <div className="run-head">
        <h3>{title}</h3>
        {stale && !ended ? (
          <Badge tone="warn">Catching up</Badge>
        ) : (
          <Badge tone={ended ? (failed > 0 ? "bad" : "good") : "accent"}>{ended ? "Done" : "Running"}</Badge>
        )}
      </div>
      <div className="run-progress">
        <Bar label={title} percentage={percentage} tone={ended ? (failed > 0 ? "warn" : "good") : "accent"} busy={!ended} stale={stale} />
        <span className="run-percentage number">{Math.round(percentage)} %</span>
      </div>
      <ol className="batch-items" aria-label={`${pluralText(items.length, "request")}, each a link`}>
        {items.map((item) => (
          <li key={item.id}>
            <a
              href={hrefOf({ page: "request", tenantId: tenant, requestId: item.id })}
              data-status={item.status}
              title={`${item.n}: ${statusText(item.status).text}, ${Math.round(item.percentage)} %`}
            >
              <span className="hidden">
                Request {item.n}: {statusText(item.status).text}
              </span>
            </a>
          </li>
        ))}
      </ol>
      <div className="run-foot">
        <p className="muted run-text">
          {STATUSES.filter((status) => counts[status] > 0)
            .map((status) => `${counts[status]} ${statusText(status).text.toLowerCase()}`)
            .join(" · ")}
          {error !== undefined && ` · ${error.message}`}
        </p>
        <div className="run-actions">
          <span className="muted number">
            {run.durationMs === undefined ? <Elapsed since={run.startedAt} /> : durationText(run.durationMs)}
          </span>
          {!ended && (
            <Button size="small" onClick={() => command(() => batch.cancel("cancelled in the console"))}>
              Cancel all
            </Button>
          )}
          {ended && (
            <Button kind="quiet" size="small" aria-label={`Remove ${title} from the list`} title="Remove" onClick={() => onRemove(id)}>
              <Icon name="cross" size={14} />
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}
