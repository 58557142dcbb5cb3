import { ValidationError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleConnection } from "../testing/sampleConnection.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import type { TableCallLog } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore } from "./connectionStore.ts";
import type { ConnectionStore } from "./connectionStore.ts";
import { InvalidCursorError, TableError } from "./errors.ts";
import { WORK_SHARDS, workShard } from "./keys.ts";
import type { Page, PageOptions } from "./page.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { StoredRequest } from "./storedRequest.ts";

let requests: RequestStore;
let connections: ConnectionStore;
let log: TableCallLog;
const clock = createFakeClock();
const TENANTS = ["acme", "other"];
const SHARD = 3;
const ids = Array.from({ length: 200 }, (_, index) => `r${index}`).filter((id) => workShard(id) === SHARD);

/** Of each tenant: six requests in one shard, half of them failed, and three connections. */
beforeAll(async () => {
  const table = await createTestTable();
  requests = createRequestStore(table, clock);
  connections = createConnectionStore(table, clock);
  for (const tenantId of TENANTS) {
    for (const [index, requestId] of ids.slice(0, 6).entries()) {
      await requests.create(sampleRequest({ tenantId, requestId, userId: "ann", connectionId: `c-${tenantId}` }));
      if (index % 2 === 0) continue;
      await requests.claim({ tenantId, requestId }, 1);
      await requests.fail({ tenantId, requestId }, 1, { code: "TIMEOUT" }, undefined);
    }
    for (const name of ["1", "2", "3"]) {
      await connections.save(sampleConnection({ connectionId: `${tenantId}${name}`, tenantId, userId: "ann" }));
    }
  }
  log = logTableCalls(table);
});

type List = (options: PageOptions) => Promise<Page<unknown>>;
const LATER = clock.now() + 1_000_000;
const LISTS: readonly [name: string, list: List][] = [
  ["request.listByUser", (options) => requests.listByUser("acme", "ann", options)],
  ["request.listByTenant", (options) => requests.listByTenant("acme", options)],
  ["request.listByConnection", (options) => requests.listByConnection("c-acme", options)],
  ["request.listOpen", (options) => requests.listOpen(SHARD, options)],
  ["request.listDue", (options) => requests.listDue(SHARD, LATER, options)],
  ["request.listFailed", (options) => requests.listFailed(SHARD, options)],
  ["connection.listByUser", (options) => connections.listByUser("acme", "ann", options)],
  ["connection.listByTenant", (options) => connections.listByTenant("acme", options)],
  ["connection.scan", (options) => connections.scan(options)],
];

async function cursorOf(list: List): Promise<string> {
  let page = await list({ limit: 2 });
  // A page of a scan may end before it has found anything.
  for (let pages = 0; page.items.length === 0 && pages < 100; pages += 1) page = await list({ limit: 2, cursor: page.cursor });
  expect(page.cursor).toBeTypeOf("string");
  return page.cursor ?? "";
}
const refusal = (verb: string) =>
  expect.objectContaining({ name: "InvalidCursorError", code: "VALIDATION_ERROR", retryable: false, verb }) as Error;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (cursor: string) => JSON.parse(Buffer.from(cursor, "base64url").toString()) as Record<string, string>;

describe.each(LISTS)("the cursor of %s", (verb, list) => {
  it("leads to the next page", async () => {
    const cursor = await cursorOf(list);
    await expect(list({ limit: 2, cursor })).resolves.toMatchObject({ items: expect.any(Array) as unknown[] });
  });

  it.each<[string, (place: Record<string, string>) => string]>([
    ["is no Base64 of anything", () => "¿no cursor?"],
    ["is empty", () => ""],
    ["is no object", () => encode("pk")],
    ["is a list", () => encode(["pk", "sk"])],
    ["lacks a key", (place) => encode(Object.fromEntries(Object.entries(place).filter(([name]) => name !== "pk")))],
    ["has a key of no index", (place) => encode({ ...place, gsi9pk: "x" })],
    ["has an empty key", (place) => encode({ ...place, sk: "" })],
    ["has a key of another type", (place) => encode({ ...place, sk: 5 })],
    ["has a key longer than keys can be", (place) => encode({ ...place, sk: "x".repeat(4_000) })],
    ["names its keys otherwise", ({ pk, sk, ...rest }) => encode({ ...rest, PK: pk, SK: sk })],
  ])("is refused when it %s, with nothing read", async (_, change) => {
    const cursor = change(decode(await cursorOf(list)));
    log.clear();
    await expect(list({ limit: 2, cursor })).rejects.toEqual(refusal(verb));
    expect(log.calls).toEqual([]);
  });
});

describe("a cursor of somebody else", () => {
  it.each<[string, List, List]>([
    ["another tenant's user", (o) => requests.listByUser("other", "ann", o), (o) => requests.listByUser("acme", "ann", o)],
    ["another tenant", (o) => requests.listByTenant("other", o), (o) => requests.listByTenant("acme", o)],
    ["another connection", (o) => requests.listByConnection("c-other", o), (o) => requests.listByConnection("c-acme", o)],
    ["another tenant's connections", (o) => connections.listByTenant("other", o), (o) => connections.listByTenant("acme", o)],
    ["another list", (o) => requests.listByUser("acme", "ann", o), (o) => requests.listByTenant("acme", o)],
    ["the failed ones", (o) => requests.listFailed(SHARD, o), (o) => requests.listOpen(SHARD, o)],
    ["another shard", (o) => requests.listOpen(SHARD, o), (o) => requests.listOpen((SHARD + 1) % WORK_SHARDS, o)],
  ])("(%s) is refused", async (_, theirs, mine) => {
    const cursor = await cursorOf(theirs);
    await expect(mine({ limit: 2, cursor })).rejects.toBeInstanceOf(InvalidCursorError);
  });

  it("that was changed to fit gives nothing but one's own", async () => {
    const theirs = decode(await cursorOf((o) => requests.listByTenant("other", o)));
    // As far as it can be made to fit: the partition is one's own, the place is theirs.
    const cursor = encode({ ...theirs, gsi2pk: "tenant#acme", gsi2sk: "request#999999999999999#zzz" });
    // An engine may see that the place is in no partition of the list, and refuse it.
    const answer = await requests.listByTenant("acme", { limit: 100, cursor }).catch((error: unknown) => error);
    const given = answer instanceof TableError ? [answer.kind] : (answer as Page<StoredRequest>).items.map((item) => item.tenantId);
    expect(["acme", "refused"]).toEqual(expect.arrayContaining([...new Set(given)]));
    expect(given).not.toEqual([]);
  });
});

it("a client is told that its cursor is not valid, and no more", () => {
  const error = new InvalidCursorError("request.listByUser");
  expect(error).toBeInstanceOf(ValidationError);
  expect(error.toBody()).toEqual({
    code: "VALIDATION_ERROR",
    message: "The payload is not valid.",
    retryable: false,
    details: { issues: [{ path: "cursor", message: expect.stringContaining("not a cursor of this list") as string }] },
  });
});
