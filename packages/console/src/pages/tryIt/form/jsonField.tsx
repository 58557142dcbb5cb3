import type { ReactElement } from "react";
import { Field, sentence } from "../../../ui/index.ts";
import type { Issue } from "./issues.ts";
import { JsonControl } from "./jsonControl.tsx";

export interface JsonFieldProps {
  readonly label: string;
  readonly value: unknown;
  readonly issues: readonly Issue[];
  readonly onChange: (value: unknown) => void;
  readonly onProblem: (problem: string | undefined) => void;
}

/** A whole payload as JSON; each issue says where it belongs. */
export function JsonField({ label, value, issues, onChange, onProblem }: JsonFieldProps): ReactElement {
  const texts = issues.map(({ path, message }) => sentence(path === "" ? message : `${path}: ${message}`));
  return (
    <Field label={label} error={texts.length > 0 ? texts.join(" ") : undefined}>
      {(control) => <JsonControl control={control} value={value} onChange={onChange} onProblem={onProblem} maxRows={24} />}
    </Field>
  );
}
