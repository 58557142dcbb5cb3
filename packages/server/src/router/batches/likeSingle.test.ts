import type { BatchItem, ServerMessage } from "@streamer/protocol";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createRouterHarness } from "../../testing/routerHarness.ts";
import type { RouterHarness } from "../../testing/routerHarness.ts";
import { sampleActions } from "../../testing/sampleActions.ts";
import { createTestTable } from "../../testing/testTable.ts";

let harness: RouterHarness;
beforeAll(async () => {
  harness = createRouterHarness(await createTestTable(), { actions: sampleActions, handlers: { echo: () => "done" } });
});

const FITTING = { start: "x", format: "csv" };
/** The same JSON value, its fields in another order. */
const REORDERED = { format: "csv", start: "x" };

/** What stands under an item's id before it comes. */
const before = fc.constantFrom("nothing", "the same", "another payload", "another action", "another user's", "the same, cancelled");
const payload = fc.constantFrom<unknown>(FITTING, REORDERED, { start: "y" }, { start: 1 }, {}, null, "text", [1]);
const item = fc.record({ before, payload });
const batch = fc.record({
  items: fc.array(item, { minLength: 1, maxLength: 12 }),
  first: fc.constantFrom(0, 7, 988),
  action: fc.constantFrom("generate_report", "generate_report", "purge_reports", "no_such_action"),
  permissions: fc.constantFrom([], ["reports:write", "reports:purge"]),
  expired: fc.boolean(),
});
type Sample = Parameters<Parameters<typeof batch.map>[0]>[0];

/** A tenant of its own, with what stands there before, and the connection that asks. */
async function world({ items, first, permissions, expired }: Sample) {
  const tenantId = crypto.randomUUID();
  const mine = { tenantId, userId: "u1", permissions: ["reports:write", "reports:purge"] };
  const [me, other] = [await harness.connect(mine), await harness.connect({ ...mine, userId: "u2" })];
  const prepare = async (stands: string, id: string): Promise<void> => {
    if (stands === "nothing") return;
    const from = stands === "another user's" ? other : me;
    const action = stands === "another action" ? "purge_reports" : "generate_report";
    await harness.send(from, { id, action, payload: stands === "another payload" ? { start: "z" } : FITTING });
    if (stands === "the same, cancelled") await harness.send(me, { type: "cancel", request_id: id });
  };
  await Promise.all(items.map((each, index) => prepare(each.before, `b1.${first + index}`)));
  return { tenantId, asking: await harness.connect({ ...mine, permissions, ...(expired ? { tokenExpiresAt: 1 } : {}) }) };
}

function asItem(n: number, reply: ServerMessage): BatchItem {
  if (reply.type === "error") return { n, error: reply.error };
  if (reply.type !== "acknowledgment") throw new Error(`not an answer to a long request: ${reply.type}`);
  return { n, status: reply.status, ...(reply.duplicate === true ? { duplicate: true } : {}) };
}

test("each item of any batch is answered, and stored, as a single request would have been", async () => {
  await fc.assert(
    fc.asyncProperty(batch, async (sample) => {
      const { items, first, action } = sample;
      const [together, apart] = [await world(sample), await world(sample)];
      const payloads = items.map((each) => each.payload);
      const reply = await harness.send(together.asking, { type: "submit_batch", batch_id: "b1", action, first, payloads });
      const single = async (each: unknown, index: number): Promise<BatchItem> => {
        const n = first + index;
        return asItem(n, await harness.send(apart.asking, { id: `b1.${n}`, action, payload: each }));
      };
      const singles = await Promise.all(payloads.map(single));
      // What refuses a batch as a whole refuses each of its items.
      const answers = reply.type === "batch" ? reply.items : items.map((_, index) => asItem(first + index, reply));
      expect(answers).toEqual(singles);

      const stored = async ({ tenantId }: { readonly tenantId: string }) => {
        const refs = items.map((_, index) => ({ tenantId, requestId: `b1.${first + index}` }));
        const requests = await harness.deps.requests.getMany(refs, { consistent: true });
        return requests.map((request) => request && [request.requestId, request.userId, request.action, request.payload, request.status]);
      };
      expect(await stored(together)).toEqual(await stored(apart));
    }),
    { numRuns: 20 },
  );
}, 60_000);
