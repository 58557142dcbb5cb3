import { useCallback, useId, useMemo, useState } from "react";
import type { FormEvent, ReactElement } from "react";
import { useReadable } from "../../api/useReadable.ts";
import { missingPermissions, withPermissions } from "../../app/identity/identity.ts";
import { useConsole } from "../../app/consoleContext.ts";
import type { ActionView } from "../../contract.ts";
import { Button, Card, Field, Notice, Tabs, titleOf } from "../../ui/index.ts";
import { ActionFacts } from "./actionFacts.tsx";
import type { Draft } from "./draft.ts";
import { ExamplePicker } from "./examplePicker.tsx";
import type { Issue } from "./form/issues.ts";
import { JsonField } from "./form/jsonField.tsx";
import type { Path } from "./form/paths.ts";
import { pathText, withValueAt } from "./form/paths.ts";
import { SchemaForm } from "./form/schemaForm.tsx";
import "./composer.css";

const MANY = 10;
const MAX_BATCH = 1_000;
const NO_ISSUES: readonly Issue[] = [];

export interface ComposerProps {
  readonly action: ActionView;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** Sends so many requests of this payload, each alone. */
  readonly onSubmit: (payload: unknown, count: number) => void;
  readonly onBatch: (payload: unknown, size: number) => void;
}

/** Makes a payload for an action, and sends it. */
export function Composer({ action, draft, onDraft, onSubmit, onBatch }: ComposerProps): ReactElement {
  const formId = useId();
  const [view, setView] = useState("form");
  const [size, setSize] = useState("20");
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const { inputSchema: schema } = action;
  const { payload, issues } = draft;
  const onProblem = useCallback((path: Path, problem: string | undefined): void => {
    setProblems((known) => {
      const key = pathText(path);
      if (known.get(key) === problem) return known;
      const next = new Map(known);
      if (problem === undefined) next.delete(key);
      else next.set(key, problem);
      return next;
    });
  }, []);
  const onChange = (path: Path, value: unknown): void => {
    const place = pathText(path);
    const next = withValueAt(payload, path, value);
    // What was said about a field is not said about its next value.
    onDraft({ payload: next, issues: issues.filter((issue) => issue.path !== place && !issue.path.startsWith(`${place}.`)) });
  };
  const batchSize = Number(size);
  const sizeProblem =
    Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= MAX_BATCH ? undefined : `A batch has 1 to ${MAX_BATCH} requests.`;
  const blocked = problems.size > 0;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!blocked) onSubmit(payload, 1);
  };
  const json = (
    <JsonField
      label="Payload"
      value={payload}
      issues={issues}
      onChange={(value) => onChange([], value)}
      onProblem={(problem) => onProblem([], problem)}
    />
  );
  return (
    <Card title={titleOf(action.name)} className="composer">
      <div className="stack">
        <ActionFacts action={action} />
        <PermissionNotice action={action} />
        <ExamplePicker key={action.name} action={action} onPick={(example) => onDraft({ payload: example.payload, issues: NO_ISSUES })} />
        <form id={formId} className="stack" noValidate onSubmit={send}>
          {schema === undefined ? (
            <>
              <Notice>{action.noSchemaReason ?? "Its schema has no JSON form."} Its payload is edited as JSON.</Notice>
              {json}
            </>
          ) : (
            <Tabs
              label="Payload"
              selected={view}
              onSelect={setView}
              tabs={[
                {
                  key: "form",
                  title: "Form",
                  content: <SchemaForm schema={schema} value={payload} issues={issues} onChange={onChange} onProblem={onProblem} />,
                },
                { key: "json", title: "JSON", content: json },
              ]}
            />
          )}
          <div className="composer-send">
            <Button kind="primary" type="submit" disabled={blocked}>
              Submit
            </Button>
            {action.asynchronous && (
              <Button disabled={blocked} onClick={() => onSubmit(payload, MANY)}>
                Run {MANY} at once
              </Button>
            )}
          </div>
        </form>
        {action.asynchronous && (
          <form
            className="composer-batch"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!blocked && sizeProblem === undefined) onBatch(payload, batchSize);
            }}
          >
            <Field label="As one batch of" error={sizeProblem}>
              {(control) => (
                <input {...control} className="input" inputMode="numeric" value={size} onChange={(event) => setSize(event.target.value)} />
              )}
            </Field>
            <Button type="submit" disabled={blocked || sizeProblem !== undefined}>
              Submit batch
            </Button>
          </form>
        )}
      </div>
    </Card>
  );
}

/** What the action asks for and this page's token lacks; one click gives it a token that has it. */
function PermissionNotice({ action }: { readonly action: ActionView }): ReactElement | null {
  const { identity } = useConsole();
  const who = useReadable(identity);
  const missing = useMemo(() => missingPermissions(who, action.permissions), [who, action]);
  if (missing.length === 0) return null;
  return (
    <Notice
      tone="warn"
      actions={
        <Button size="small" onClick={() => identity.set(withPermissions(who, missing))}>
          Give me {missing.length === 1 ? "it" : "them"}
        </Button>
      }
    >
      It asks for <code>{missing.join(", ")}</code>, which your token does not have: it will be refused.
    </Notice>
  );
}
