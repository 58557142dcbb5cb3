import type { ActionView, ExampleView } from "../../contract.ts";
import { initialValue } from "./form/initialValue.ts";
import type { Issue } from "./form/issues.ts";

/** What is being filled in, and what the server said about it when it was sent. */
export interface Draft {
  readonly payload: unknown;
  readonly issues: readonly Issue[];
}

/** What a form begins with: the first example that works, else what the schema asks for. */
export function firstDraft({ examples, inputSchema }: ActionView): Draft {
  const example = examples.find(({ error }) => error === undefined);
  const payload = example === undefined ? (inputSchema === undefined ? {} : initialValue(inputSchema, inputSchema)) : example.payload;
  return { payload, issues: [] };
}

/** An example as a list names it: one that is to be refused says so. */
export function exampleTitle({ title, error }: ExampleView): string {
  return error === undefined ? title : `${title} (${error})`;
}
