import { useStreamer } from "@streamer/react";
import type { ActionClient } from "@streamer/client";
import type { Action } from "@streamer/protocol";
import { useCallback, useMemo, useState } from "react";
import type { ReactElement } from "react";
import { useReadable } from "../../../api/useReadable.ts";
import { useConsole } from "../../../app/consoleContext.ts";
import { Button, Card, EmptyState, pluralText } from "../../../ui/index.ts";
import { actionClientOf } from "./actionClient.ts";
import { BatchRunView } from "./batchRun.tsx";
import { DropSocketButton } from "./dropSocketButton.tsx";
import { RequestRunView } from "./requestRun.tsx";
import { ResumeNotice } from "./resumeNotice.tsx";
import type { BatchRun, RequestRun, RunOutcome } from "./run.ts";
import { hasEnded } from "./runHistory.ts";
import type { RunHistory } from "./runHistory.ts";
import { useResumeStory } from "./useResumeStory.ts";
import "./runs.css";

export interface RunsProps {
  readonly history: RunHistory;
  readonly onEnded: (run: RequestRun, outcome: RunOutcome) => void;
  readonly onAgain: (run: RequestRun) => void;
}

/** What this tab has sent, each with its bar. */
export function Runs({ history, onEnded, onAgain }: RunsProps): ReactElement {
  const { app } = useConsole();
  const runs = useReadable(history.runs);
  const actionClient = useActionClients();
  const [stale, setStale] = useState<ReadonlySet<string>>(new Set());
  const story = useResumeStory(stale.size > 0);
  const noteStale = useCallback((id: string, isStale: boolean): void => {
    setStale((known) => {
      if (known.has(id) === isStale) return known;
      const next = new Set(known);
      if (isStale) next.add(id);
      else next.delete(id);
      return next;
    });
  }, []);
  const onAccepted = useCallback((run: RequestRun) => history.updateRequest(run.id, { accepted: true }), [history]);
  const onBatchAccepted = useCallback((run: BatchRun) => history.updateBatch(run.id, { accepted: true }), [history]);
  const onBatchEnded = useCallback((run: BatchRun, durationMs: number) => history.updateBatch(run.id, { durationMs }), [history]);
  const onRequestEnded = useCallback(
    (run: RequestRun, outcome: RunOutcome) => {
      history.updateRequest(run.id, { outcome });
      onEnded(run, outcome);
    },
    [history, onEnded],
  );
  const ended = runs.filter(hasEnded).length;
  return (
    <Card
      title="Runs"
      className="runs-card"
      actions={
        <div className="row">
          <DropSocketButton />
          {ended > 0 && (
            <Button kind="quiet" size="small" onClick={history.clear}>
              Clear ended
            </Button>
          )}
        </div>
      }
    >
      <ResumeNotice story={story} />
      <p className="hidden" role="status">
        {runs.length === 0 ? "" : `${pluralText(runs.length - ended, "run")} under way, ${ended} ended.`}
      </p>
      {runs.length === 0 ? (
        <EmptyState icon="play" title="Nothing was sent yet">
          <p>Pick an example and submit it: its progress moves here. Reload the page or drop its socket meanwhile; nothing is lost.</p>
        </EmptyState>
      ) : (
        <ol className="runs">
          {runs.map((run) =>
            run.kind === "batch" ? (
              <BatchRunView
                key={run.id}
                run={run}
                action={actionClient(run.action)}
                onAccepted={onBatchAccepted}
                onEnded={onBatchEnded}
                onStale={noteStale}
                onRemove={history.remove}
              />
            ) : (
              <RequestRunView
                key={run.id}
                run={run}
                action={actionClient(run.action)}
                asynchronous={app.actions.find(({ name }) => name === run.action)?.asynchronous ?? true}
                onAccepted={onAccepted}
                onEnded={onRequestEnded}
                onStale={noteStale}
                onRemove={history.remove}
                onAgain={onAgain}
              />
            ),
          )}
        </ol>
      )}
    </Card>
  );
}

/** The same client for an action in each rendering: another one would be followed anew. */
function useActionClients(): (name: string) => ActionClient<Action> {
  const { $client } = useStreamer();
  return useMemo(() => {
    const clients = new Map<string, ActionClient<Action>>();
    return (name) => {
      const known = clients.get(name) ?? actionClientOf($client, name);
      clients.set(name, known);
      return known;
    };
  }, [$client]);
}
