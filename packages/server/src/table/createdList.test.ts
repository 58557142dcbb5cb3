import type { BatchGetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import type { CreatedAt, CreatedRange } from "./page.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";

const clock = createFakeClock();
const START = clock.now();
let config: TableConfig;
let store: RequestStore;

/** One request a second: `r1` to `r5` of ann, with `b2` of bob among them. */
beforeAll(async () => {
  config = await createTestTable();
  store = createRequestStore(config, clock);
  for (const [requestId, userId] of [
    ["r1", "ann"],
    ["r2", "ann"],
    ["b2", "bob"],
    ["r3", "ann"],
    ["r4", "ann"],
    ["r5", "ann"],
  ] as const) {
    await store.create(sampleRequest({ requestId, userId }));
    await clock.advance(1_000);
  }
  await store.create(sampleRequest({ requestId: "r3", tenantId: "other", userId: "ann" }));
});

const ANN = { tenantId: "Acme", userId: "ann" };
async function idsOf(whose: Parameters<RequestStore["listCreated"]>[0], range: Partial<CreatedRange> = {}) {
  const page = await store.listCreated(whose, { limit: 100, ...range });
  return { ids: page.items.map((item) => item.requestId), readTo: page.readTo };
}

it("lists a user's requests newest first, and nobody else's", async () => {
  expect(await idsOf(ANN)).toEqual({ ids: ["r5", "r4", "r3", "r2", "r1"], readTo: undefined });
});

it("lists a tenant's, of all its users", async () => {
  expect(await idsOf({ tenantId: "Acme" })).toEqual({ ids: ["r5", "r4", "r3", "b2", "r2", "r1"], readTo: undefined });
});

describe("a range", () => {
  it("begins at its first moment and ends before its last", async () => {
    expect((await idsOf(ANN, { from: START + 1_000, before: START + 4_000 })).ids).toEqual(["r3", "r2"]);
    expect((await idsOf(ANN, { from: START + 1_001 })).ids).toEqual(["r5", "r4", "r3"]);
    expect((await idsOf(ANN, { before: START })).ids).toEqual([]);
  });

  it("that ends before it begins is empty, and asks nothing of the table", async () => {
    const nowhere = createRequestStore({ ...config, tableName: "no-such-table" }, clock);
    expect(await nowhere.listCreated(ANN, { from: 5, before: 4, limit: 10 })).toEqual({ items: [], readTo: undefined });
  });

  it("of which nothing is left gives no place to go on from", async () => {
    expect(await idsOf({ tenantId: "Acme", userId: "nobody" })).toEqual({ ids: [], readTo: undefined });
  });
});

it.each([1, 2, 3, 5])("pages of %d come to each request once, and tell where they ended", async (limit) => {
  const seen: string[] = [];
  const ends: boolean[] = [];
  let after: CreatedAt | undefined;
  do {
    const { ids, readTo } = await idsOf(ANN, { after, limit });
    expect(ids.length).toBeLessThanOrEqual(limit);
    ends.push(readTo === undefined || readTo.requestId === ids.at(-1));
    seen.push(...ids);
    after = readTo;
  } while (after !== undefined);
  expect(seen).toEqual(["r5", "r4", "r3", "r2", "r1"]);
  expect(ends).not.toContain(false);
});

it("goes on after a request that is not there any more", async () => {
  expect((await idsOf(ANN, { after: { createdAt: START + 3_500, requestId: "gone" } })).ids).toEqual(["r3", "r2", "r1"]);
});

it("leaves out what has expired, though DynamoDB deletes it late, and goes on behind it", async () => {
  const later = createFakeClock();
  const lateStore = createRequestStore(await createTestTable(), later);
  await lateStore.create(sampleRequest({ requestId: "old", userId: "ann" }));
  await later.advance(8 * 24 * 3_600_000);
  await lateStore.create(sampleRequest({ requestId: "new", userId: "ann" }));
  const page = await lateStore.listCreated(ANN, { limit: 10 });
  expect(page.items.map((item) => item.requestId)).toEqual(["new"]);
});

it("is no shorter list when the table leaves a part of it unread: it is throttled", async () => {
  const table = await createTestTable();
  const requests = createRequestStore(table, clock);
  await requests.create(sampleRequest({ userId: "ann" }));
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context["commandName"] !== "BatchGetItemCommand") return next(args);
      const { RequestItems } = args.input as BatchGetItemCommandInput;
      return { output: { $metadata: {}, Responses: {}, UnprocessedKeys: RequestItems }, response: {} };
    },
    { step: "initialize", name: "leavesAll" },
  );
  await expect(requests.listCreated(ANN, { limit: 10 })).rejects.toMatchObject({
    name: "TableError",
    verb: "request.listCreated",
    kind: "throttled",
    cause: { name: "ItemsLeftError" },
  });
});
