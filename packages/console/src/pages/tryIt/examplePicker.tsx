import { useState } from "react";
import type { ReactElement } from "react";
import type { ActionView, ExampleView } from "../../contract.ts";
import { Field } from "../../ui/index.ts";
import { exampleTitle } from "./draft.ts";

export interface ExamplePickerProps {
  readonly action: ActionView;
  readonly onPick: (example: ExampleView) => void;
}

export function ExamplePicker({ action, onPick }: ExamplePickerProps): ReactElement | null {
  const { examples } = action;
  const [picked, setPicked] = useState(() => examples.findIndex(({ error }) => error === undefined));
  if (examples.length === 0) return null;
  const pick = (index: number): void => {
    const example = examples[index];
    if (example === undefined) return;
    setPicked(index);
    onPick(example);
  };
  const groups = [
    { label: "Work", indexes: indexesOf(examples, (error) => error === undefined) },
    { label: "Are refused", indexes: indexesOf(examples, (error) => error !== undefined) },
  ].filter(({ indexes }) => indexes.length > 0);
  return (
    <Field label="Example">
      {(control) => (
        <select {...control} className="input" value={picked} onChange={(event) => pick(Number(event.target.value))}>
          {picked === -1 && <option value={-1}>Choose one</option>}
          {groups.map(({ label, indexes }) => (
            <optgroup key={label} label={label}>
              {indexes.map((index) => {
                const example = examples[index];
                return (
                  example !== undefined && (
                    <option key={index} value={index}>
                      {exampleTitle(example)}
                    </option>
                  )
                );
              })}
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}

function indexesOf(examples: readonly ExampleView[], is: (error: string | undefined) => boolean): readonly number[] {
  return examples.flatMap(({ error }, index) => (is(error) ? [index] : []));
}
