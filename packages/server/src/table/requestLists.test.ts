import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { Page, PageOptions } from "./page.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { StoredRequest } from "./storedRequest.ts";

let store: RequestStore;
beforeAll(async () => {
  const clock = createFakeClock();
  store = createRequestStore(await createTestTable(), clock);
  for (const [requestId, userId, connectionId] of [
    ["r1", "ann", "c1"],
    ["r2", "bob", "c2"],
    ["r3", "ann", "c1"],
    ["r4", "ann", "c3"],
    ["r5", "ann", "c1"],
  ] as const) {
    await store.create(sampleRequest({ requestId, userId, connectionId }));
    await clock.advance(1_000);
  }
  await store.create(sampleRequest({ requestId: "r1", tenantId: "other", userId: "ann", connectionId: "c9" }));
});

type List = (options?: PageOptions) => Promise<Page<StoredRequest>>;
async function walk(list: List, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, cursor });
    pages.push(page.items.map((item) => item.requestId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

describe.each<[string, List, string[]]>([
  ["a user", (options) => store.listByUser("Acme", "ann", options), ["r5", "r4", "r3", "r1"]],
  ["a tenant", (options) => store.listByTenant("Acme", options), ["r5", "r4", "r3", "r2", "r1"]],
  ["a connection", (options) => store.listByConnection("c1", options), ["r5", "r3", "r1"]],
])("the requests of %s", (_, list, expected) => {
  it("are listed newest first, nobody else's among them", async () => {
    const page = await list();
    expect(page.items.map((item) => item.requestId)).toEqual(expected);
    expect(page.cursor).toBeUndefined();
  });

  it("are listed page by page, each once", async () => {
    const pages = await walk(list, 2);
    expect(pages.flat()).toEqual(expected);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(2);
  });

  it("are whole, not only what the index holds", async () => {
    const [newest] = (await list()).items;
    expect(newest).toEqual(await store.get({ tenantId: "Acme", requestId: "r5" }));
  });
});

it("a list of nothing is one empty page", async () => {
  expect(await store.listByUser("Acme", "nobody")).toEqual({ items: [], cursor: undefined });
});
