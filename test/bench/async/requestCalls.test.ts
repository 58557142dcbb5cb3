import { expect, it } from "vitest";
import { countRequestCalls } from "./measureThroughput.ts";
import { REQUEST_CALLS } from "./storedRequest.ts";

it("a request makes the calls that its floor is made of, and beside them only the notifier's queries", async () => {
  const seen = await countRequestCalls();
  const count = (calls: readonly string[], operation: string): number => calls.filter((call) => call.startsWith(operation)).length;
  const writes = (calls: readonly string[]): readonly number[] => [count(calls, "UpdateItem"), count(calls, "PutItem")];
  expect(writes(seen)).toEqual(writes(REQUEST_CALLS));
  const queries = count(seen, "Query") - count(REQUEST_CALLS, "Query");
  // Of two topics, for two transitions: together, when the notifier takes them as one batch.
  expect([2, 4]).toContain(queries);
  expect(seen).toHaveLength(REQUEST_CALLS.length + queries);
}, 120_000);
