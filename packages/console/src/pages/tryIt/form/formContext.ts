import { createContext, useContext } from "react";
import type { ReactElement } from "react";
import type { PlacedIssues } from "./issues.ts";
import type { Path } from "./paths.ts";
import type { JsonSchema } from "./schema.ts";

export interface FormContextValue {
  readonly root: JsonSchema;
  readonly issues: PlacedIssues;
  readonly onChange: (path: Path, value: unknown) => void;
  /** A field says what keeps its text from being a value; undefined when nothing does. */
  readonly onProblem: (path: Path, problem: string | undefined) => void;
  /** Renders what lies in another node: handed down, as the parts of a form contain each other. */
  readonly renderNode: (props: NodeProps) => ReactElement;
}

export const FormContext = createContext<FormContextValue | undefined>(undefined);

export function useFormContext(): FormContextValue {
  const value = useContext(FormContext);
  if (value === undefined) throw new Error("A part of a form was rendered outside a SchemaForm.");
  return value;
}

export interface NodeProps {
  readonly schema: JsonSchema;
  readonly path: Path;
  readonly value: unknown;
  readonly label: string;
  readonly required: boolean;
  /** What is around it names it already: an object shows its fields only. */
  readonly bare?: boolean;
}
