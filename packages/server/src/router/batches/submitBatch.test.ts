import { byteLength, DuplicateRequestError, MAX_MESSAGE_BYTES, RateLimitedError } from "@streamer/protocol";
import type { ClientMessageInput, ServerMessage } from "@streamer/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../../testing/routerHarness.ts";
import { sampleActions } from "../../testing/sampleActions.ts";
import { createTestTable } from "../../testing/testTable.ts";
import type { TableConfig } from "../../table/entities/model.ts";
import { TableError } from "../../table/errors.ts";
import type { RouterConfig, RouterDeps } from "../createRouter.ts";
import type { Middleware } from "../routed.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

type Batch = Extract<ServerMessage, { type: "batch" }>;
type Config = Pick<RouterConfig<typeof sampleActions>, "middleware" | "batchTime" | "rateLimits">;

const open = (config: Config = {}, deps: Partial<RouterDeps> = {}) =>
  createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" }, ...config }, deps);
const report = (start: unknown) => ({ start });
const frame = (payloads: readonly unknown[], more: object = {}): ClientMessageInput =>
  ({ type: "submit_batch", batch_id: "b1", action: "generate_report", first: 0, payloads, ...more }) as ClientMessageInput;
const many = (count: number) => Array.from({ length: count }, (_, n) => report(`start ${n}`));
const pending = (count: number, first = 0) => Array.from({ length: count }, (_, n) => ({ n: first + n, status: "pending" }));
const failure = (code: string, retryable: boolean) => expect.objectContaining({ code, retryable }) as object;

describe("a batch", () => {
  test("of 100 items is 100 requests, each stored as one that came alone", async () => {
    const { connect, send, deps, tenantId } = open();
    const connectionId = await connect();
    const reply = await send(connectionId, frame(many(100), { first: 900, metadata: { source: "test" } }));
    expect(reply).toEqual({ type: "batch", batch_id: "b1", reply_to: "submit_batch", items: pending(100, 900) });
    await send(connectionId, { id: "alone", action: "generate_report", payload: report("start 99"), metadata: { source: "test" } });
    const [item, alone] = await deps.requests.getMany(
      ["b1.999", "alone"].map((requestId) => ({ tenantId, requestId })),
      { consistent: true },
    );
    expect(item).toEqual({ ...alone, requestId: "b1.999", correlationId: item?.correlationId, dueAt: item?.dueAt });
    const listed = await deps.requests.listByConnection(connectionId, { limit: 200 });
    expect(listed.items).toHaveLength(101);
    expect(new Set(listed.items.filter(({ requestId }) => requestId !== "alone").map(({ correlationId }) => correlationId)).size).toBe(1);
  });

  test("answers items in their order, however their writes end", async () => {
    const { requests } = open().deps;
    const reversed: typeof requests = {
      ...requests,
      async create(request) {
        if (request.requestId === "b1.0") await requests.create({ ...request, requestId: "other" });
        return requests.create(request);
      },
    };
    const { connect, send } = open({}, { requests: reversed });
    expect(((await send(await connect(), frame(many(40)))) as Batch).items).toEqual(pending(40));
  });

  test("has at most 25 writes under way, and uses them", async () => {
    const { requests } = open().deps;
    const going = { now: 0, most: 0 };
    const counted: typeof requests = {
      ...requests,
      async create(request) {
        going.now += 1;
        going.most = Math.max(going.most, going.now);
        try {
          return await requests.create(request);
        } finally {
          going.now -= 1;
        }
      },
    };
    const { connect, send } = open({}, { requests: counted });
    await send(await connect(), frame(many(100)));
    expect(going).toEqual({ now: 0, most: 25 });
  });

  test("counts as one message of the rate", async () => {
    const { connect, send } = open({ rateLimits: { connection: { messages: 2, window: "10 seconds" } } });
    const connectionId = await connect();
    expect(await send(connectionId, frame(many(100)))).toMatchObject({ type: "batch" });
    expect(await send(connectionId, frame(many(100)))).toMatchObject({ type: "batch" });
    const limited = await send(connectionId, frame(many(1)));
    expect(limited).toMatchObject({ type: "error", batch_id: "b1", error: { code: "RATE_LIMITED" } });
    expect(limited).not.toHaveProperty("request_id");
  });

  test("is watched by the connection that sent it, without a subscription", async () => {
    const { connect, send, deps, tenantId } = open();
    await send(await connect(), frame(many(1)));
    expect(await deps.subscriptions.listByRequest({ tenantId, requestId: "b1.0" })).toEqual([]);
  });
});

describe("an item", () => {
  test("that fails for the table's sake harms no other, and may be sent again", async () => {
    const { requests } = open().deps;
    let down = true;
    const failing: typeof requests = {
      ...requests,
      create: (request) =>
        down && ["b1.1", "b1.2"].includes(request.requestId)
          ? Promise.reject(new TableError("request.create", new Error("throttled")))
          : requests.create(request),
    };
    const { connect, send, log } = open({}, { requests: failing });
    const connectionId = await connect();
    const unavailable = failure("SERVICE_UNAVAILABLE", true);
    expect(((await send(connectionId, frame(many(4)))) as Batch).items).toEqual([
      { n: 0, status: "pending" },
      { n: 1, error: unavailable },
      { n: 2, error: unavailable },
      { n: 3, status: "pending" },
    ]);
    expect(log.entries("Items of a batch could not be answered.")).toMatchObject([
      { code: "SERVICE_UNAVAILABLE", items: 2, batch_id: "b1" },
    ]);
    down = false;
    const again = { ...frame([report("start 1"), report("start 2")]), first: 1 };
    expect(((await send(connectionId, again)) as Batch).items).toEqual(pending(2, 1));
  });

  test("whose errors together are larger than a message is left to the next one: each is told in the end", async () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, key) => [`${"k".repeat(250)}${key}`, 1]));
    const refusing: Middleware = () => {
      throw new RateLimitedError({ details: wide });
    };
    const { connect, send } = open({ middleware: [refusing] });
    const connectionId = await connect();
    const seen: number[] = [];
    let first = 0;
    let replies = 0;
    while (first < 100) {
      const reply = (await send(connectionId, { ...frame(many(100 - first)), first })) as Batch;
      expect(byteLength(JSON.stringify(reply))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      seen.push(...reply.items.map(({ n }) => n));
      replies += 1;
      first = reply.next ?? 100;
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(replies).toBeGreaterThan(2);
  });

  test("whose own error is larger than a message gets RESULT_TOO_LARGE, as one alone would", async () => {
    const refusing: Middleware = (request, next) => {
      if (request.requestId === "b1.1" || request.requestId === "alone")
        throw new RateLimitedError({ details: { text: "x".repeat(MAX_MESSAGE_BYTES) } });
      return next();
    };
    const { connect, send } = open({ middleware: [refusing] });
    const connectionId = await connect();
    expect(((await send(connectionId, frame(many(3)))) as Batch).items).toEqual([
      { n: 0, status: "pending" },
      { n: 1, error: failure("RESULT_TOO_LARGE", false) },
      { n: 2, status: "pending" },
    ]);
    expect(await send(connectionId, { id: "alone", action: "generate_report", payload: report("x") })).toMatchObject({
      error: { code: "RESULT_TOO_LARGE" },
    });
  });
});

describe("the time of the router", () => {
  const timed = async (batchTime?: Config["batchTime"]) => {
    const harness = open();
    const begun: string[] = [];
    // Each of the first 25 takes ten seconds.
    const slow: Middleware = async ({ requestId }, next) => {
      begun.push(requestId);
      await new Promise<void>((resolve) => void harness.clock.after(10_000, resolve));
      return next();
    };
    const { connect, send } = open({ middleware: [slow], ...(batchTime === undefined ? {} : { batchTime }) }, { clock: harness.clock });
    const connectionId = await connect({ tokenExpiresAt: 2_000_000_000 });
    let reply: ServerMessage | undefined;
    const answered = send(connectionId, frame(many(100))).then((message) => (reply = message));
    while (reply === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      // Only when all who work wait for it.
      if (harness.clock.pending >= 25) await harness.clock.advance(10_000);
    }
    await answered;
    return { items: (reply as Batch).items, begun, clock: harness.clock };
  };

  test("goes to items that are begun within 20 seconds; the others are to be sent again", async () => {
    const { items, begun, clock } = await timed();
    expect(clock.monotonic()).toBe(20_000);
    expect(begun).toHaveLength(50);
    expect(items.slice(0, 50)).toEqual(pending(50));
    expect(items.slice(50)).toEqual(Array.from({ length: 50 }, (_, n) => ({ n: 50 + n, error: failure("SERVICE_UNAVAILABLE", true) })));
  });

  test("is the deployment's to say", async () => {
    expect((await timed("5 seconds")).begun).toHaveLength(25);
  });
});

describe("the app's middleware", () => {
  test("sees each item as the request that it is", async () => {
    const seen: unknown[] = [];
    const { connect, send } = open({
      middleware: [
        (request, next) => {
          seen.push([request.requestId, request.action.name, request.message]);
          return next();
        },
      ],
    });
    await send(await connect(), frame([report("x")], { first: 7, metadata: { a: "b" } }));
    const message = { type: "request", id: "b1.7", action: "generate_report", payload: report("x"), metadata: { a: "b" } };
    expect(seen).toEqual([["b1.7", "generate_report", message]]);
  });

  test("logs with the item's id, and the batch's", async () => {
    const { connect, send, log } = open({
      middleware: [
        (request, next) => {
          request.logger.info("seen");
          return next();
        },
      ],
    });
    await send(await connect(), frame(many(2)));
    const common = { batch_id: "b1", action: "generate_report", correlation_id: expect.any(String) as string, user_id: "u1" };
    const entries = log.entries("seen");
    expect(entries.toSorted((a, b) => (String(a["request_id"]) < String(b["request_id"]) ? -1 : 1))).toMatchObject([
      { ...common, request_id: "b1.0" },
      { ...common, request_id: "b1.1" },
    ]);
  });

  test("refuses items one by one, by an error thrown or answered; an answer that no item can say is the server's fault", async () => {
    const error = new DuplicateRequestError().toBody();
    const { connect, send, log } = open({
      middleware: [
        async ({ requestId }, next) => {
          if (requestId === "b1.0") throw new RateLimitedError({ details: { retry_after: 5 } });
          if (requestId === "b1.1") return { type: "error", request_id: requestId, error };
          if (requestId === "b1.2") return { type: "response", request_id: requestId, success: false, error };
          if (requestId === "b1.3") return { type: "response", request_id: requestId, success: true, data: "secret" };
          return next();
        },
      ],
    });
    expect(((await send(await connect(), frame(many(5)))) as Batch).items).toEqual([
      { n: 0, error: new RateLimitedError({ details: { retry_after: 5 } }).toBody() },
      { n: 1, error },
      { n: 2, error },
      { n: 3, error: failure("INTERNAL_ERROR", true) },
      { n: 4, status: "pending" },
    ]);
    expect(log.entries("Items of a batch could not be answered.")).toMatchObject([{ code: "INTERNAL_ERROR", items: 1 }]);
    expect(log.lines.join("")).not.toContain("secret");
  });
});

describe("a batch as a whole", () => {
  const refused = async (message: ClientMessageInput, connection: Parameters<ReturnType<typeof open>["connect"]>[0] = {}) => {
    const { connect, send, deps, tenantId } = open();
    const reply = await send(await connect(connection), message);
    expect((await deps.requests.listByTenant(tenantId)).items).toEqual([]);
    return reply;
  };

  test.each<[string, ClientMessageInput, object]>([
    ["an action that does not exist", frame(many(2), { action: "no_such_action" }), { code: "INVALID_ACTION" }],
    ["a permission that is missing", frame(many(2), { action: "purge_reports" }), { code: "FORBIDDEN" }],
    [
      "a short action",
      frame([{ message: "x" }], { action: "echo" }),
      { code: "INVALID_MESSAGE", details: { reason: expect.stringContaining('"echo"') as string } },
    ],
    ["items beyond 999", frame(many(2), { first: 999 }), { code: "VALIDATION_ERROR", details: { issues: [{ path: "first" }] } }],
  ])("is refused for %s, by an error that names it", async (_, message, error) => {
    expect(await refused(message)).toMatchObject({ type: "error", batch_id: "b1", error });
  });

  test("is refused after the token's end", async () => {
    expect(await refused(frame(many(2)), { tokenExpiresAt: 1 })).toMatchObject({
      type: "error",
      batch_id: "b1",
      error: { code: "UNAUTHORIZED" },
    });
  });

  test("that cannot be read is refused under its id", async () => {
    expect(await refused(frame(many(101)))).toMatchObject({ type: "error", batch_id: "b1", error: { code: "INVALID_MESSAGE" } });
  });

  test("is one line of the log, with counts, and nothing of the payloads", async () => {
    const { connect, send, log } = open();
    const connectionId = await connect();
    await send(connectionId, frame([report("s3cret"), report(1)]));
    await send(connectionId, frame([report("s3cret"), report("s3cret"), report("s3cret")]));
    expect(log.entries("A request was answered.")).toMatchObject([
      { reply: "batch", batch_id: "b1", counts: { pending: 1, VALIDATION_ERROR: 1 } },
      { reply: "batch", counts: { duplicate: 1, pending: 2 } },
    ]);
    expect(log.lines).toHaveLength(2);
    expect(log.lines.join("")).not.toContain("s3cret");
  });
});
