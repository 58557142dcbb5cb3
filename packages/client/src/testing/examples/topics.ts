import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineTopic } from "@streamer/protocol";

/** Takes what is there: the examples show tests, not schemas. */
function anything<Value>(): StandardSchemaV1<Value> {
  return { "~standard": { version: 1, vendor: "example", validate: (value) => ({ value: value as Value }) } };
}

/** The topic of an app, for the examples of the docs. */
export const reportRoom = defineTopic("reports/*", {
  event: anything<{ comment_id: string; text: string }>(),
  permissions: ["reports:read"],
  presence: true,
});
