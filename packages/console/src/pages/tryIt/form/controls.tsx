import type { ReactElement } from "react";
import { same } from "./fits.ts";
import type { FormNode } from "./schema.ts";
import { choiceText } from "./texts.ts";

interface ControlIdentity {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

interface ControlProps<Kind extends FormNode["kind"]> {
  readonly control: ControlIdentity;
  readonly node: Extract<FormNode, { readonly kind: Kind }>;
  readonly value: unknown;
  readonly required: boolean;
  /** `undefined` leaves it out of the payload. */
  readonly change: (value: unknown) => void;
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

export function TextControl({ control, node, value, required, change }: ControlProps<"text">): ReactElement {
  const text = typeof value === "string" ? value : "";
  const placeholder = typeof node.fallback === "string" ? node.fallback : undefined;
  // What is left empty is left out, unless it must be there: then the server says what it thinks of that.
  const onText = (next: string): void => change(next === "" && !required ? undefined : next);
  if (text.includes("\n") || text.length > 60) {
    const rows = Math.min(12, Math.max(3, text.split("\n").length));
    return (
      <textarea
        {...control}
        className="input"
        rows={rows}
        value={text}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
      />
    );
  }
  // A date field cannot show what is no date, as of an example that is to be refused.
  const type = node.form === "date" && (text === "" || (ISO_DATE.test(text) && !Number.isNaN(Date.parse(text)))) ? "date" : "text";
  return (
    <input
      {...control}
      className="input"
      type={type}
      value={text}
      placeholder={placeholder}
      autoComplete="off"
      onChange={(event) => onText(event.target.value)}
    />
  );
}

export function NumberControl({ control, node, value, required, change }: ControlProps<"number">): ReactElement {
  const shown = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const onText = (text: string): void => {
    if (text === "" && !required) return change(undefined);
    const number = Number(text);
    // `1.` and `-` are on the way to a number; only what reads back as it was typed is one.
    change(text.trim() !== "" && String(number) === text ? number : text);
  };
  return (
    <input
      {...control}
      className="input"
      inputMode={node.integer ? "numeric" : "decimal"}
      value={shown}
      placeholder={node.fallback === undefined ? undefined : JSON.stringify(node.fallback)}
      autoComplete="off"
      onChange={(event) => onText(event.target.value)}
    />
  );
}

export function BooleanControl({ control, node, value, required, change }: ControlProps<"boolean">): ReactElement {
  if (!required && node.fallback === undefined) {
    const options = [true, false];
    return <ChoiceControl {...{ control, value, required, change }} node={{ ...node, kind: "choice", options }} />;
  }
  const checked = value === undefined ? node.fallback === true : value === true;
  return (
    <span className="check">
      <input {...control} type="checkbox" checked={checked} onChange={(event) => change(event.target.checked)} />
      <span className="small muted" aria-hidden="true">
        {checked ? "Yes" : "No"}
      </span>
    </span>
  );
}

export function ChoiceControl({ control, node, value, required, change }: ControlProps<"choice">): ReactElement {
  const index = node.options.findIndex((option) => same(option, value));
  const absent = node.fallback === undefined ? "Not set" : `Default: ${choiceText(node.fallback)}`;
  return (
    <select
      {...control}
      className="input"
      value={value === undefined ? "absent" : String(index)}
      onChange={({ target }) => change(target.value === "absent" ? undefined : node.options[Number(target.value)])}
    >
      {(!required || value === undefined) && <option value="absent">{absent}</option>}
      {/* Such as that of an example that is to be refused. */}
      {value !== undefined && index === -1 && <option value="-1">{choiceText(value)} (not one of them)</option>}
      {node.options.map((option, place) => (
        <option key={choiceText(option)} value={String(place)}>
          {choiceText(option)}
        </option>
      ))}
    </select>
  );
}
