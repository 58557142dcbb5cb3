import { requestActions } from "@streamer/protocol";
import type { InputOf, OutputOf, ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { NewConnection } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { NewRequest, RequestStore } from "../table/requestVerbs.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import type { RouterHarness } from "../testing/routerHarness.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createRequestActions } from "./createRequestActions.ts";

type ListInput = InputOf<typeof requestActions.listRequests>;
type ListOutput = OutputOf<typeof requestActions.listRequests>;

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const at = (seconds: number): number => START / 1000 + seconds;

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

let clock: FakeClock;
let requests: RequestStore;
let router: RouterHarness;
let reads: number;
beforeEach(() => {
  clock = createFakeClock(START);
  const store = createRequestStore(table, clock);
  reads = 0;
  requests = {
    ...store,
    listCreated: async (whose, range) => {
      reads += 1;
      return store.listCreated(whose, range);
    },
  };
  router = createRouterHarness(table, { actions: requestActions, handlers: createRequestActions({ requests }) });
});

const submit = (requestId: string, overrides: Partial<NewRequest> = {}) =>
  requests.create(sampleRequest({ tenantId: router.tenantId, userId: "u1", requestId, ...overrides }));
/** `r1`, `r2`, … of `u1`, a second apart. */
async function submitMany(count: number, overrides: (n: number) => Partial<NewRequest> = () => ({})): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await submit(`r${n}`, overrides(n));
    await clock.advance(1_000);
  }
}
async function ask(action: string, payload: object, connection: Partial<NewConnection> = {}): Promise<ServerMessage> {
  return router.send(await router.connect(connection), { action, payload });
}
const errorOf = (code: string) =>
  expect.objectContaining({ success: false, error: expect.objectContaining({ code }) as object }) as ServerMessage;
async function list(payload: ListInput = {}, connection: Partial<NewConnection> = {}): Promise<ListOutput> {
  const answer = await ask("list_requests", payload, connection);
  if (answer.type !== "response" || !answer.success) throw new Error(`not a list: ${JSON.stringify(answer)}`);
  return answer.data as ListOutput;
}
const ids = ({ items }: ListOutput): string[] => items.map(({ request_id }) => request_id);
/** All pages, as a client reads them. */
async function walk(payload: ListInput, connection: Partial<NewConnection> = {}): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...payload, cursor }, connection);
    pages.push(ids(page));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return pages;
}
const READER = { userId: "u2", permissions: ["requests:read"] };

describe("get_request", () => {
  const get = (connection?: Partial<NewConnection>, request_id = "r1") => ask("get_request", { request_id }, connection);

  test("tells how a request stands, in Unix seconds, without payload and result", async () => {
    const { request } = await submit("r1");
    const base = { request_id: "r1", action: "generate_report", user_id: "u1", created_at: at(0), expires_at: at(7 * 86_400) };
    expect(await get()).toMatchObject({ success: true, data: { ...base, status: "pending", attempt: 0 } });
    await clock.advance(1_500);
    await requests.claim(request, 60_000);
    await requests.heartbeat(request, 1, 60_000, { percentage: 30, message: "Querying", at: clock.now() });
    await requests.requestCancel(request, undefined);
    const progress = { percentage: 30, message: "Querying", timestamp: at(1) };
    expect(await get()).toMatchObject({
      data: { ...base, status: "processing", attempt: 1, started_at: at(1), progress, cancel_requested: true },
    });
    await requests.complete(request, 1, { body: '{"secret":1}', files: {} }, undefined);
    const completed = await get();
    expect(completed).toMatchObject({ data: { ...base, status: "completed", ended_at: at(1), progress } });
    expect(JSON.stringify(completed)).not.toMatch(/secret|payload|cancel_requested|connection|hash/);
  });

  test("tells when the next attempt may start, and of a failure its code alone", async () => {
    const { request } = await submit("r1");
    await requests.claim(request, 60_000);
    await requests.retry(request, 1, { at: clock.now() + 5_000, reason: "internal-db-7" }, undefined);
    expect(await get()).toMatchObject({ data: { status: "retrying", retry_at: at(5) } });
    await clock.advance(5_000);
    await requests.claim(request, 60_000);
    await requests.fail(request, 2, { code: "TIMEOUT", details: { host: "internal-db-7" }, reason: "internal-db-7" }, undefined);
    const failed = await get();
    expect(failed).toMatchObject({ data: { status: "failed", error: { code: "TIMEOUT" } } });
    expect(JSON.stringify(failed)).not.toMatch(/internal-db-7|retry_at/);
  });

  test("of another user needs requests:read; without it, unknown and foreign look alike", async () => {
    await submit("r1");
    expect(await get(READER)).toMatchObject({ success: true, data: { request_id: "r1", user_id: "u1" } });
    const answers = [
      await get({ userId: "u2" }),
      await get({ userId: "u2", permissions: ["requests:cancel"] }),
      await get({ tenantId: "another", ...READER }),
      await get({}, "r2"),
    ];
    for (const answer of answers) expect(answer).toEqual(errorOf("NOT_FOUND"));
    expect(new Set(answers.map((answer) => JSON.stringify({ ...answer, request_id: "" }))).size).toBe(1);
  });

  test("of one that has expired is NOT_FOUND", async () => {
    await submit("r1");
    await clock.advance(8 * DAY_MS);
    expect(await get({ tokenExpiresAt: at(9 * 86_400) })).toEqual(errorOf("NOT_FOUND"));
  });

  test.each([{}, { request_id: "" }, { request_id: "r 1" }, { request_id: 7 }, { request_id: "r".repeat(65) }])(
    "%j is a VALIDATION_ERROR at request_id",
    async (payload) => {
      expect(await ask("get_request", payload)).toMatchObject({
        type: "error",
        error: { code: "VALIDATION_ERROR", details: { issues: [{ path: "request_id" }] } },
      });
    },
  );
});

describe("list_requests", () => {
  test("lists the caller's own, newest first, and nobody else's", async () => {
    await submitMany(3);
    await submit("of-bob", { userId: "bob" });
    await submit("of-another", { tenantId: "another" });
    const page = await list();
    expect(ids(page)).toEqual(["r3", "r2", "r1"]);
    expect(page).not.toHaveProperty("cursor");
    expect(page.items[0]).toMatchObject({ status: "pending", created_at: at(2) });
    expect(await list({}, { userId: "nobody" })).toEqual({ items: [] });
  });

  test.each([1, 2, 3, 5, 7, 8])("in pages of %i gives every one once, in order", async (limit) => {
    await submitMany(7);
    const pages = await walk({ limit });
    expect(pages.flat()).toEqual(["r7", "r6", "r5", "r4", "r3", "r2", "r1"]);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
  });

  test("gives every one once when many were created in the same moment", async () => {
    for (let n = 0; n < 12; n += 1) await submit(`same-${n}`);
    const pages = await walk({ limit: 5 });
    expect(new Set(pages.flat()).size).toBe(12);
    expect(pages.flat()).toHaveLength(12);
  });

  test("gives the items of batches, whose ids have dots", async () => {
    for (let n = 0; n < 5; n += 1) {
      await submit(`b1.${n}`);
      await clock.advance(1_000);
    }
    expect(await walk({ limit: 2 })).toEqual([["b1.4", "b1.3"], ["b1.2", "b1.1"], ["b1.0"]]);
  });

  test("goes on where it was, though new ones come meanwhile", async () => {
    await submitMany(4);
    const first = await list({ limit: 2 });
    await submit("newer");
    expect(ids(await list({ limit: 2, cursor: first.cursor }))).toEqual(["r2", "r1"]);
  });

  test("of the tenant, and of another user, with requests:read", async () => {
    await submitMany(4, (n) => ({ userId: n % 2 === 0 ? "bob" : "u1" }));
    await submit("of-another", { tenantId: "another" });
    expect(ids(await list({ scope: "tenant" }, READER))).toEqual(["r4", "r3", "r2", "r1"]);
    expect(ids(await list({ user_id: "bob" }, READER))).toEqual(["r4", "r2"]);
    expect(await walk({ scope: "tenant", limit: 3 }, READER)).toEqual([["r4", "r3", "r2"], ["r1"]]);
    expect(ids(await list({ user_id: "u1" })), "one's own needs no permission").toEqual(["r3", "r1"]);
  });

  test.each([{ scope: "tenant" as const }, { user_id: "bob" }])(
    "%j without requests:read is FORBIDDEN, and says what is missing",
    async (payload) => {
      await submit("r1", { userId: "bob" });
      expect(await ask("list_requests", payload, { permissions: ["reports:read"] })).toMatchObject({
        success: false,
        error: { code: "FORBIDDEN", details: { missing: ["requests:read"] } },
      });
    },
  );

  test("by status and action", async () => {
    await submitMany(6, (n) => ({ action: n % 2 === 0 ? "import_orders" : "generate_report" }));
    for (const requestId of ["r1", "r2", "r5"]) await requests.cancel({ tenantId: router.tenantId, requestId }, undefined);
    expect(ids(await list({ status: "cancelled" }))).toEqual(["r5", "r2", "r1"]);
    expect(ids(await list({ action: "import_orders" }))).toEqual(["r6", "r4", "r2"]);
    expect(ids(await list({ action: "import_orders", status: "pending" }))).toEqual(["r6", "r4"]);
    expect(await walk({ status: "cancelled", limit: 1 })).toEqual([["r5"], ["r2"], ["r1"]]);
    expect(ids(await list({ status: "failed" }))).toEqual([]);
  });

  test("by time: created_after includes its moment, created_before does not", async () => {
    await submitMany(5);
    expect(ids(await list({ created_after: at(1) }))).toEqual(["r5", "r4", "r3", "r2"]);
    expect(ids(await list({ created_before: at(2) }))).toEqual(["r2", "r1"]);
    expect(ids(await list({ created_after: at(1), created_before: at(3) }))).toEqual(["r3", "r2"]);
    expect(await walk({ created_after: at(1), created_before: at(4), limit: 2 })).toEqual([["r4", "r3"], ["r2"]]);
    expect(await list({ created_after: at(3), created_before: at(3) })).toEqual({ items: [] });
    expect(await list({ created_after: at(4), created_before: at(1) })).toEqual({ items: [] });
    expect(ids(await list({ created_before: Number.MAX_SAFE_INTEGER }))).toHaveLength(5);
    expect(ids(await list({ created_after: Number.MAX_SAFE_INTEGER }))).toHaveLength(0);
  });

  test("leaves out what has expired, and the connections that stand in the same index", async () => {
    await submitMany(2);
    await clock.advance(8 * DAY_MS);
    await submit("young");
    const connection = { tokenExpiresAt: at(9 * 86_400) };
    expect(ids(await list({}, connection))).toEqual(["young"]);
    expect((await walk({ limit: 1 }, connection)).flat()).toEqual(["young"]);
  });

  test("looks at 1,000 requests at most for one page: a page may be empty and have a cursor, and the walk finds them all", async () => {
    const count = 1_105;
    for (let start = 0; start < count; start += 25) {
      await clock.advance(1);
      const numbers = Array.from({ length: Math.min(25, count - start) }, (_, index) => start + index);
      await Promise.all(numbers.map((n) => submit(`n${n}`, { action: n === 0 ? "rare_action" : "generate_report" })));
    }
    const first = await list({ action: "rare_action" });
    expect(reads).toBe(10);
    expect(first.items).toEqual([]);
    expect(first.cursor).toBeTypeOf("string");
    const second = await list({ action: "rare_action", cursor: first.cursor });
    expect(ids(second)).toEqual(["n0"]);
    expect(second).not.toHaveProperty("cursor");
  }, 60_000);

  test.each<[string, object, string]>([
    ["a limit of 0", { limit: 0 }, "limit"],
    ["a limit of 101", { limit: 101 }, "limit"],
    ["half a limit", { limit: 1.5 }, "limit"],
    ["a limit that is a text", { limit: "10" }, "limit"],
    ["an unknown status", { status: "done" }, "status"],
    ["an unknown scope", { scope: "world" }, "scope"],
    ["a time that is a text", { created_after: "2026-01-01" }, "created_after"],
    ["a negative time", { created_before: -1 }, "created_before"],
    ["a user of the whole tenant", { scope: "tenant", user_id: "bob" }, "user_id"],
    ["an empty action", { action: "" }, "action"],
    ["a cursor that is no text", { cursor: 7 }, "cursor"],
  ])("%s is a VALIDATION_ERROR at its field", async (_, payload, path) => {
    expect(await ask("list_requests", payload, READER)).toMatchObject({
      type: "error",
      error: { code: "VALIDATION_ERROR", details: { issues: [{ path }] } },
    });
  });
});

describe("a cursor", () => {
  const refused = errorOf("VALIDATION_ERROR");
  const cursorOf = async (payload: ListInput = {}, connection: Partial<NewConnection> = {}): Promise<string> =>
    (await list({ limit: 1, ...payload }, connection)).cursor ?? "none";

  test("holds for pages of another size", async () => {
    await submitMany(3);
    expect(ids(await list({ limit: 50, cursor: await cursorOf() }))).toEqual(["r2", "r1"]);
  });

  test.each<[string, ListInput, Partial<NewConnection>]>([
    ["status", { status: "pending" }, {}],
    ["action", { action: "generate_report" }, {}],
    ["beginning", { created_after: at(0) }, {}],
    ["scope", { scope: "tenant" }, { permissions: ["requests:read"] }],
    ["user asked for", { user_id: "u1" }, {}],
  ])("of a list with another %s is a VALIDATION_ERROR", async (_, payload, connection) => {
    await submitMany(3);
    const cursor = await cursorOf();
    expect(await ask("list_requests", { ...payload, cursor }, connection)).toEqual(refused);
  });

  test("of another user or tenant is a VALIDATION_ERROR, though they may list the same", async () => {
    await submitMany(3);
    const cursor = await cursorOf({ scope: "tenant" }, READER);
    expect(ids(await list({ scope: "tenant", cursor }, READER))).toEqual(["r2", "r1"]);
    expect(await ask("list_requests", { scope: "tenant", cursor }, { ...READER, userId: "u3" })).toEqual(refused);
    expect(await ask("list_requests", { scope: "tenant", cursor }, { ...READER, tenantId: "another" })).toEqual(refused);
  });

  test("that was changed in any place is a VALIDATION_ERROR", async () => {
    await submitMany(3);
    const cursor = await cursorOf();
    const connection = await router.connect();
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = `${cursor.slice(0, index)}${cursor[index] === "A" ? "B" : "A"}${cursor.slice(index + 1)}`;
      expect([index, await router.send(connection, { action: "list_requests", payload: { cursor: changed } })]).toEqual([index, refused]);
      // The rate of a connection is limited.
      await router.clock.advance(1_000);
    }
  });

  test.each(["", "x", "!!!", "bm8gY3Vyc29y", "A".repeat(1_024), "../../etc", "null"])("%j is a VALIDATION_ERROR", async (cursor) => {
    expect(await ask("list_requests", { cursor })).toEqual(refused);
  });

  test.each(["=", "!", " ", "\n"])("with %j after it, which Base64 would overlook, is a VALIDATION_ERROR", async (tail) => {
    await submitMany(3);
    const cursor = await cursorOf();
    expect(await ask("list_requests", { cursor: `${cursor}${tail}` })).toEqual(refused);
  });

  test("that is longer than any is refused by its field", async () => {
    expect(await ask("list_requests", { cursor: "A".repeat(1_025) })).toMatchObject({ type: "error", error: { code: "VALIDATION_ERROR" } });
  });
});
