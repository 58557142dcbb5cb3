import { useEffect, useRef, useState } from "react";
import type { ReactElement } from "react";
import { readJson } from "./readJson.ts";

export interface JsonControlProps {
  readonly control: { readonly id: string; readonly "aria-describedby": string | undefined; readonly "aria-invalid": true | undefined };
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly onProblem: (problem: string | undefined) => void;
  /** Lines at most. Default 14. */
  readonly maxRows?: number;
}

/** A value as JSON. While its text is none, the value stays as it was and the problem is told. */
export function JsonControl({ control, value, onChange, onProblem, maxRows = 14 }: JsonControlProps): ReactElement {
  const [text, setText] = useState(() => textOf(value));
  const [problem, setProblem] = useState<string>();
  const own = useRef(value);
  const tell = useRef(onProblem);
  useEffect(() => {
    tell.current = onProblem;
  });
  useEffect(() => {
    // Another example, or another field, has changed it: the text follows. What is typed here does not come back changed.
    if (Object.is(own.current, value)) return;
    own.current = value;
    setText(textOf(value));
    setProblem(undefined);
    tell.current(undefined);
  }, [value]);
  // An editor that goes away has no say any more.
  useEffect(() => () => tell.current(undefined), []);
  const onText = (next: string): void => {
    setText(next);
    const read = readJson(next);
    setProblem(read.problem);
    onProblem(read.problem);
    if (read.problem !== undefined) return;
    own.current = read.value;
    onChange(read.value);
  };
  return (
    <>
      <textarea
        {...control}
        aria-invalid={problem === undefined ? control["aria-invalid"] : true}
        className="input"
        rows={Math.min(maxRows, Math.max(3, text.split("\n").length))}
        value={text}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
      />
      {problem !== undefined && <p className="field-error">{problem}</p>}
    </>
  );
}

function textOf(value: unknown): string {
  return value === undefined ? "" : (JSON.stringify(value, undefined, 2) ?? "");
}
