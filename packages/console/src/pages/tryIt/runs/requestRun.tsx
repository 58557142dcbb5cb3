import { useAction } from "@streamer/react";
import type { ActionClient } from "@streamer/client";
import type { Action } from "@streamer/protocol";
import { useEffect, useState } from "react";
import type { ReactElement } from "react";
import { useConsole } from "../../../app/consoleContext.ts";
import { withAttempt } from "./attempts.ts";
import type { AttemptSeen } from "./attempts.ts";
import { outcomeView } from "./runView.ts";
import type { RunView } from "./runView.ts";
import { createShownStore, furthest } from "./shownStore.ts";
import type { RequestRun, RunOutcome } from "./run.ts";
import { RunCard } from "./runCard.tsx";

export interface RequestRunProps {
  readonly run: RequestRun;
  readonly action: ActionClient<Action>;
  readonly asynchronous: boolean;
  readonly onAccepted: (run: RequestRun) => void;
  readonly onEnded: (run: RequestRun, outcome: RunOutcome) => void;
  readonly onStale: (id: string, stale: boolean) => void;
  readonly onRemove: (id: string) => void;
  readonly onAgain: (run: RequestRun) => void;
}

/** One request: sends it, or goes on with it when it was sent before, as after a reload. */
export function RequestRunView(props: RequestRunProps): ReactElement {
  const { run, asynchronous, onRemove, onAgain } = props;
  // A short action's answer is stored nowhere: it is shown as it was.
  if (run.outcome !== undefined && !asynchronous) {
    return <RunCard run={run} view={outcomeView(run.outcome)} attempts={[]} onRemove={onRemove} onAgain={onAgain} />;
  }
  return <LiveRequest {...props} />;
}

function LiveRequest({ run, action, onAccepted, onEnded, onStale, onRemove, onAgain }: RequestRunProps): ReactElement {
  const { clock, storage } = useConsole();
  const [resume] = useState(() => (run.accepted || run.outcome !== undefined ? run.id : undefined));
  const state = useAction(action, { resume });
  const [shownStore] = useState(() => createShownStore(storage));
  const [before] = useState(() => shownStore.get(run.id));
  const [attempts, setAttempts] = useState<readonly AttemptSeen[]>([]);
  const { submit, status, stale, attempt, percentage } = state;
  const { id, payload } = run;
  useEffect(() => {
    // The same id never runs twice, so that sending it again after a reload is safe.
    if (resume === undefined) submit(payload, { id });
    // Of each run once: a run's payload never changes.
  }, [submit, id, payload, resume]);
  useEffect(() => setAttempts((seen) => withAttempt(seen, { attempt, percentage, status })), [attempt, percentage, status]);
  const open = status !== "completed" && status !== "failed" && status !== "cancelled";
  const shown = furthest({ attempt, percentage, message: state.message }, open ? before : undefined);
  useEffect(() => {
    // How it ended is kept with the run itself.
    if (!open) shownStore.remove(id);
    else if (shown.attempt > 0) shownStore.set(id, { attempt: shown.attempt, percentage: shown.percentage, message: shown.message });
  }, [shownStore, id, open, shown.attempt, shown.percentage, shown.message]);
  useEffect(() => {
    onStale(id, stale && open);
    return () => onStale(id, false);
  }, [id, stale, open, onStale]);
  useEffect(() => {
    if (!run.accepted && (status === "queued" || status === "running" || status === "retrying" || status === "completed")) onAccepted(run);
  }, [run, status, onAccepted]);
  const { data, error } = state;
  useEffect(() => {
    if (run.outcome !== undefined || (status !== "completed" && status !== "failed" && status !== "cancelled")) return;
    onEnded(run, {
      status,
      attempt,
      percentage,
      durationMs: clock.now() - run.startedAt,
      ...(status === "completed" ? { data } : {}),
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message, details: error.details } }),
    });
  }, [run, status, attempt, percentage, data, error, onEnded, clock]);
  const live: RunView = {
    ...state,
    ...shown,
    // Before it is sent and before the server has said how it stands, it is on its way.
    status: status === "idle" ? "submitting" : status,
    error: error === undefined ? undefined : { code: error.code, message: error.message, details: error.details },
    durationMs: run.outcome?.durationMs,
  };
  const { outcome } = run;
  // One that had ended is shown as it was until the server has said it again, or does not have it any more.
  const unknown = status === "idle" || stale || error?.code === "NOT_FOUND";
  const view = outcome !== undefined && unknown ? outcomeView(outcome) : live;
  return <RunCard run={run} view={view} attempts={attempts} onCancel={state.cancel} onRemove={onRemove} onAgain={onAgain} />;
}
