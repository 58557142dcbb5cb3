import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactElement } from "react";
import { useReadable } from "../../api/useReadable.ts";
import { useConsole } from "../../app/consoleContext.ts";
import { PageHead } from "../../app/pageHead.tsx";
import { hrefOf } from "../../app/route.ts";
import type { ActionView } from "../../contract.ts";
import { EmptyState, titleOf } from "../../ui/index.ts";
import { Composer } from "./composer.tsx";
import { firstDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { issuesIn } from "./form/issues.ts";
import { newRunId } from "./runs/newRunId.ts";
import { createRunHistory } from "./runs/runHistory.ts";
import type { RequestRun, Run, RunOutcome } from "./runs/run.ts";
import { Runs } from "./runs/runs.tsx";

export interface TryItPageProps {
  /** The action to try; the first that works in the background when there is none. */
  readonly action: string | undefined;
  /** A request to follow, as another page says: of that action. */
  readonly requestId: string | undefined;
}

const EMPTY_DRAFT: Draft = { payload: {}, issues: [] };

/** Every action of the app, to be tried. */
export function TryItPage({ action: wanted, requestId }: TryItPageProps): ReactElement {
  const { app, identity, storage, clock } = useConsole();
  const who = useReadable(identity);
  const owner = `${who.tenant}/${who.user}`;
  const history = useMemo(() => createRunHistory(storage, owner), [storage, owner]);
  const action = actionOf(app.actions, wanted);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  /** Made once for each action, so that what has not been touched stays the same object. */
  const initial = useMemo(() => (action === undefined ? EMPTY_DRAFT : firstDraft(action)), [action]);
  const composer = useRef<HTMLDivElement>(null);
  /** The last one sent of each action: what is wrong with it is told at its form's fields. */
  const lastSent = useRef(new Map<string, string>());
  const setDraft = useCallback((name: string, draft: Draft) => setDrafts((known) => new Map(known).set(name, draft)), []);

  useEffect(() => {
    if (requestId === undefined || wanted === undefined) return;
    history.add([{ kind: "request", id: requestId, action: wanted, startedAt: clock.now(), accepted: true }]);
    // It is in the list now: the address need not say it again, and a reload would bring back what was removed.
    window.history.replaceState(null, "", hrefOf({ page: "try", action: wanted }));
  }, [requestId, wanted, history, clock]);

  const send = useCallback(
    (name: string, payload: unknown, count: number): void => {
      const startedAt = clock.now();
      const runs: Run[] = Array.from({ length: count }, () => ({
        kind: "request",
        id: newRunId(),
        action: name,
        payload,
        startedAt,
        accepted: false,
      }));
      const [first] = runs;
      if (first !== undefined) lastSent.current.set(name, first.id);
      history.add(runs);
    },
    [history, clock],
  );
  const sendBatch = (name: string, payload: unknown, size: number): void => {
    const id = newRunId();
    history.add([{ kind: "batch", id, ref: { id, size }, action: name, payload, startedAt: clock.now(), accepted: false }]);
  };
  const onEnded = useCallback((run: RequestRun, { error }: RunOutcome): void => {
    if (error?.code !== "VALIDATION_ERROR" || lastSent.current.get(run.action) !== run.id) return;
    setDrafts((known) => new Map(known).set(run.action, { payload: run.payload, issues: issuesIn(error.details) }));
    // Once the fields know.
    requestAnimationFrame(() => composer.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }, []);
  const onAgain = useCallback((run: RequestRun) => send(run.action, run.payload, 1), [send]);

  return (
    <div className="page">
      <PageHead title="Try it">Send a request and watch it work. Drop the socket, kill the worker, reload the page: it goes on.</PageHead>
      <nav className="try-actions" aria-label="Actions">
        {app.actions.map(({ name }) => (
          <a key={name} href={hrefOf({ page: "try", action: name })} aria-current={name === action?.name ? "true" : undefined}>
            {titleOf(name)}
          </a>
        ))}
      </nav>
      <div className="try-columns">
        <div ref={composer}>
          {action === undefined ? (
            <EmptyState icon="list" title="This app has no actions">
              <p>Define one in its actions folder: it appears here.</p>
            </EmptyState>
          ) : (
            <Composer
              key={action.name}
              action={action}
              draft={drafts.get(action.name) ?? initial}
              onDraft={(draft) => setDraft(action.name, draft)}
              onSubmit={(payload, count) => send(action.name, payload, count)}
              onBatch={(payload, size) => sendBatch(action.name, payload, size)}
            />
          )}
        </div>
        <Runs key={owner} history={history} onEnded={onEnded} onAgain={onAgain} />
      </div>
    </div>
  );
}

function actionOf(actions: readonly ActionView[], name: string | undefined): ActionView | undefined {
  return actions.find((action) => action.name === name) ?? actions.find(({ asynchronous }) => asynchronous) ?? actions[0];
}
