import { expectTypeOf, test } from "vitest";
import { createTestServer } from "../testing/index.ts";
import { actions } from "../testing/server/sampleServer.ts";
import { getBatch, submitBatch } from "./submitBatch.ts";
import type { ActionBatch, BatchItem, BatchRef, BatchResult } from "./types.ts";

test("a batch is typed by its action", () => {
  expectTypeOf<ActionBatch<typeof actions.generateReport>>().not.toHaveProperty("then");
  type Report = ActionBatch<typeof actions.generateReport>;
  expectTypeOf<Report["ref"]>().toEqualTypeOf<BatchRef>();
  expectTypeOf<ReturnType<Report["item"]>>().toEqualTypeOf<BatchItem<{ url: string }, Record<string, unknown>, string>>();
  expectTypeOf<Awaited<ReturnType<Report["results"]>>>().toEqualTypeOf<readonly BatchResult<{ url: string }>[]>();
  expectTypeOf<Extract<ReturnType<Report["item"]>, { status: "completed" }>["data"]>().toEqualTypeOf<{ url: string }>();
});

/** Compiled, never called. */
export function wrong(): void {
  const { client } = createTestServer({ actions });
  submitBatch(client.generateReport, [{ pages: 1 }], { id: "b1" });
  // @ts-expect-error -- not the action's input
  submitBatch(client.generateReport, [{ pages: "1" }]);
  // @ts-expect-error -- no such key
  submitBatch(client.generateReport, [{ pages: 1, colour: "red" }]);
  // @ts-expect-error -- a list is wanted
  submitBatch(client.generateReport, { pages: 1 });
  // @ts-expect-error -- an action is wanted
  submitBatch(client.$client, [{ pages: 1 }]);
  // @ts-expect-error -- its size is needed as well
  getBatch(client.generateReport, "b1");
  const item = getBatch(client.generateReport, { id: "b1", size: 1 }).item(0);
  // @ts-expect-error -- there is no data before it is completed
  item.data.url.toUpperCase();
}
