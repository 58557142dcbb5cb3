import { useState } from "react";
import type { ReactElement } from "react";
import { useCommand, useConsole } from "../../../app/consoleContext.ts";
import type { ConnectionView } from "../../../contract.ts";
import { Button, Dialog, Field } from "../../../ui/index.ts";
import { checkMessage } from "./checkMessage.ts";
import { examplesFor } from "./examples.ts";

export interface ComposerProps {
  readonly connection: ConnectionView;
  readonly onClose: () => void;
}

/** Writes a message to one connection, and says how its client will take it. */
export function Composer({ connection, onClose }: ComposerProps): ReactElement {
  const { api, clock } = useConsole();
  const run = useCommand();
  // As they were when it was opened: what is being written must not change.
  const [examples] = useState(() => examplesFor(connection, clock.now()));
  const [picked, setPicked] = useState(0);
  const [text, setText] = useState(() => textOf(examples[0]?.message));
  const check = checkMessage(text);
  const send = (): void => {
    if (!check.sendable) return;
    run(() => api.sendTo(connection.connectionId, check.message), `Sent to ${connection.userId}.`);
    onClose();
  };
  return (
    <Dialog
      title={`Send to ${connection.userId}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={!check.sendable} onClick={send}>
            Send
          </Button>
        </>
      }
    >
      <div className="stack">
        <Field label="Begin with">
          {(control) => (
            <select
              {...control}
              className="input"
              value={picked}
              onChange={(event) => {
                const index = Number(event.target.value);
                setPicked(index);
                setText(textOf(examples[index]?.message));
              }}
            >
              {examples.map(({ title }, index) => (
                <option key={title} value={index}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Message"
          hint="Clients ignore what they do not know, such as an event of a topic that they have not asked for. Nothing of it is stored; fields that the protocol does not have are left out."
          error={check.sendable ? undefined : check.sentence}
        >
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={14}
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

function textOf(message: unknown): string {
  return JSON.stringify(message ?? {}, undefined, 2);
}
