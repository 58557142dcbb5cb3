import { useId, useState } from "react";
import type { ReactElement } from "react";
import { useCommand, useConsole, useNow } from "../../../app/consoleContext.ts";
import { hrefOf } from "../../../app/route.ts";
import { Badge, Bar, Button, Icon, StatusBadge, durationText, sentence, shortId, titleOf } from "../../../ui/index.ts";
import { Attempts } from "./attemptsView.tsx";
import type { AttemptSeen } from "./attempts.ts";
import { Elapsed } from "./elapsed.tsx";
import { ResultLine, hasResultLine } from "./resultLine.tsx";
import { RunDetails } from "./runDetails.tsx";
import type { RequestRun } from "./run.ts";
import { barTone, isOpen, lineOf } from "./runView.ts";
import type { RunView } from "./runView.ts";

export interface RunCardProps {
  readonly run: RequestRun;
  readonly view: RunView;
  readonly attempts: readonly AttemptSeen[];
  readonly onCancel?: (reason?: string) => Promise<void>;
  readonly onRemove: (id: string) => void;
  readonly onAgain: (run: RequestRun) => void;
}

export function RunCard({ run, view, attempts, onCancel, onRemove, onAgain }: RunCardProps): ReactElement {
  const { api, identity } = useConsole();
  const command = useCommand();
  const now = useNow();
  const [details, setDetails] = useState(false);
  /** The attempt whose worker was killed here. */
  const [killed, setKilled] = useState<number>();
  const detailsId = useId();
  const open = isOpen(view);
  const title = titleOf(run.action);
  const { tenant } = identity.get();
  const killable = view.status === "running";
  const kill = (): void =>
    command(async () => {
      await api.commandRequest(tenant, run.id, "kill-worker");
      setKilled(view.attempt);
    });
  // Nobody hears of a process that is gone: the system notices that its lease is not renewed any more.
  const isKilled = open && killed === view.attempt;
  const line = isKilled ? "The worker is gone. When its lease is over, another begins the next attempt" : lineOf(view, now);
  return (
    <li className="run" data-request={run.id} data-status={view.status} data-stale={view.stale && open}>
      <div className="run-head">
        <h3>
          {title}{" "}
          <a
            className="run-id mono"
            href={hrefOf({ page: "request", tenantId: tenant, requestId: run.id })}
            title={`Request ${run.id}: every step of it`}
          >
            {shortId(run.id)}
          </a>
        </h3>
        <div className="row">
          {view.attempt > 1 && <Badge tone="warn">Attempt {view.attempt}</Badge>}
          {isKilled && <Badge tone="bad">Worker killed</Badge>}
          {view.stale && open ? <Badge tone="warn">Catching up</Badge> : <StatusBadge status={view.status} />}
        </div>
      </div>
      <div className="run-progress">
        <Bar
          label={`${title} ${shortId(run.id)}`}
          percentage={view.percentage}
          tone={barTone(view.status)}
          busy={open}
          stale={view.stale}
        />
        <span className="run-percentage number">{Math.round(view.percentage)} %</span>
      </div>
      {attempts.length > 1 && <Attempts attempts={attempts} open={open} />}
      <div className="run-foot">
        <div className="run-text">
          {view.status === "completed" && hasResultLine(view.data) ? (
            <ResultLine data={view.data} />
          ) : (
            <p className={view.error === undefined || view.status === "cancelled" ? "muted" : "run-error"}>
              {sentence(line)}
              {view.error !== undefined && view.status !== "cancelled" && <code> {view.error.code}</code>}
            </p>
          )}
        </div>
        <div className="run-actions">
          <span className="muted number">
            {view.durationMs === undefined ? open && <Elapsed since={run.startedAt} /> : durationText(view.durationMs)}
          </span>
          {killable && !isKilled && (
            <Button size="small" onClick={kill} title="Ends the process that does the work, in the middle of it">
              <Icon name="bolt" size={14} />
              Kill worker
            </Button>
          )}
          {open && onCancel !== undefined && (
            <Button size="small" onClick={() => command(() => onCancel("cancelled in the console"))}>
              Cancel
            </Button>
          )}
          {!open && run.payload !== undefined && (
            <Button kind="quiet" size="small" onClick={() => onAgain(run)}>
              Again
            </Button>
          )}
          <Button kind="quiet" size="small" aria-expanded={details} aria-controls={detailsId} onClick={() => setDetails(!details)}>
            {details ? "Less" : "Details"}
          </Button>
          {!open && (
            <Button
              kind="quiet"
              size="small"
              aria-label={`Remove ${title} ${shortId(run.id)} from the list`}
              title="Remove"
              onClick={() => onRemove(run.id)}
            >
              <Icon name="cross" size={14} />
            </Button>
          )}
        </div>
      </div>
      <div id={detailsId} hidden={!details}>
        {details && <RunDetails run={run} view={view} />}
      </div>
    </li>
  );
}
