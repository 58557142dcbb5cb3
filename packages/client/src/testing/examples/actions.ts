import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineAction, defineActions } from "@streamer/protocol";

/** Takes what is there: the examples show tests, not schemas. */
function anything<Value>(): StandardSchemaV1<Value> {
  return { "~standard": { version: 1, vendor: "example", validate: (value) => ({ value: value as Value }) } };
}

/** The actions of an app, for the examples of the docs. */
export const actions = defineActions({
  generateReport: defineAction("generate_report", {
    input: anything<{ start_date: string; end_date: string }>(),
    output: anything<{ url: string }>(),
    chunk: anything<string>(),
    estimatedDuration: "2 minutes",
  }),
});
