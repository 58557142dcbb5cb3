import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

export interface ComposerProps {
  readonly room: string;
  readonly send: (text: string) => void;
}

/** Where one writes. The text goes into the outbox at once, so that the next can be written. */
export function Composer({ room, send }: ComposerProps): ReactElement {
  const [text, setText] = useState("");
  const isEmpty = text.trim() === "";

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isEmpty) return;
    send(text.trim());
    setText("");
  };

  return (
    <form className="composer" onSubmit={submit}>
      <input
        className="input"
        aria-label={`Message to ${room}`}
        placeholder={`Say something in ${room}`}
        value={text}
        maxLength={1_000}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button" data-kind="primary" disabled={isEmpty}>
        Send
      </button>
    </form>
  );
}
