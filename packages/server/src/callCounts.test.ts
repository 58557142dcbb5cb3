import { defineAction, requestActions } from "@streamer/protocol";
import * as v from "valibot";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createTokenVerifier } from "./auth/token.ts";
import { createConnectHandler } from "./gateway/connect.ts";
import { createDisconnectHandler } from "./gateway/disconnect.ts";
import { MAX_HEARTBEAT_INTERVAL_MS } from "./processor/lease.ts";
import type { Run } from "./processor/context.ts";
import { createRequestActions } from "./requestActions/createRequestActions.ts";
import { createProcessorHarness } from "./testing/processorHarness.ts";
import { createRawTable } from "./testing/rawTable.ts";
import { createRouterHarness } from "./testing/routerHarness.ts";
import type { RouterHarness } from "./testing/routerHarness.ts";
import { sampleActions } from "./testing/sampleActions.ts";
import { news, sampleTopics } from "./testing/sampleTopics.ts";
import { createSweeperHarness, LEASE_MS } from "./testing/sweeperHarness.ts";
import { logTableCalls } from "./testing/tableCallLog.ts";
import type { TableCallLog } from "./testing/tableCallLog.ts";
import { createTestTable } from "./testing/testTable.ts";
import { createTopicHarness, requestBody } from "./testing/topicHarness.ts";
import type { TopicHarness } from "./testing/topicHarness.ts";
import { createTokenIssuer, ISSUER } from "./testing/tokenIssuer.ts";
import type { TableConfig } from "./table/entities/model.ts";

/** The cost table of the design: what each step of a request asks of AWS. A call more is a price for every user, so it must be meant. */
let table: TableConfig;
let log: TableCallLog;
let router: RouterHarness;
let topics: TopicHarness;
beforeAll(async () => {
  table = await createTestTable();
  log = logTableCalls(table);
  topics = createTopicHarness(table);
  router = createRouterHarness(table, { actions: sampleActions, handlers: { echo: async ({ input }) => input.message } });
});
beforeEach(() => {
  log.clear();
});

const draft = defineAction("write_draft", {
  input: v.object({}),
  output: v.unknown(),
  chunk: v.number(),
  estimatedDuration: "1 minute",
});
const BIG = "x".repeat(5_000);
const requestContext = (connectionId: string) => ({ connectionId, domainName: "api.example", stage: "test" });
/** What a step asks of the table, in order; all that came before it is forgotten. */
async function callsOf(step: () => Promise<unknown>): Promise<readonly string[]> {
  log.clear();
  await step();
  return [...log.calls];
}

describe("the gateway", () => {
  it("connect: 1 put", async () => {
    const { clock } = router;
    const issuer = await createTokenIssuer(clock);
    const tokens = createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, now: () => clock.now() });
    const connect = createConnectHandler({ ...router.deps, tokens });
    const token = await issuer.sign();
    const calls = await callsOf(async () => {
      const result = await connect({ requestContext: requestContext("c1"), queryStringParameters: { Authorization: token } });
      expect(result.statusCode).toBe(200);
    });
    expect(calls).toEqual(["PutItem"]);
  });

  it.each([
    ["that watched nothing: 1 delete, 1 query", 0, []],
    ["that watched: a batch of deletes more", 3, ["BatchWriteItem"]],
    ["that watched more than a batch holds: one batch for each 25", 26, ["BatchWriteItem", "BatchWriteItem"]],
  ])("disconnect of a connection %s", async (_, subscriptions, more) => {
    const connectionId = await router.connect();
    for (let index = 0; index < subscriptions; index += 1) {
      await router.deps.subscriptions.put({ tenantId: "t", requestId: `r${index}` }, connectionId, 2_000_000_000);
    }
    const disconnect = createDisconnectHandler(router.deps);
    expect(await callsOf(() => disconnect({ requestContext: requestContext(connectionId) }))).toEqual([
      "DeleteItem",
      "Query gsi3",
      ...more,
    ]);
  });

  it("disconnect of a connection that heard topics: 1 delete more for each", async () => {
    const connectionId = await router.connect();
    for (const topic of ["requests", "rooms/a", "rooms/b"]) await topics.send(connectionId, { type: "subscribe_topic", topic });
    const disconnect = createDisconnectHandler(router.deps);
    const calls = await callsOf(() => disconnect({ requestContext: requestContext(connectionId) }));
    // Under way together.
    expect(calls.toSorted()).toEqual(["DeleteItem", "DeleteItem", "DeleteItem", "DeleteItem", "Query gsi3"]);
  });
});

describe("topics", () => {
  it("subscribe: 1 query of the index, 1 update; with presence 1 query and 1 event on the bus more", async () => {
    const connectionId = await topics.connect();
    const subscribe = (topic: string) => callsOf(() => topics.send(connectionId, { type: "subscribe_topic", topic }));
    const told = topics.publisher.details.length;
    expect(await subscribe("news")).toEqual(["UpdateItem", "Query gsi3", "UpdateItem"]);
    expect(topics.publisher.details).toHaveLength(told);
    expect(await subscribe("rooms/a")).toEqual(["UpdateItem", "Query gsi3", "UpdateItem", "Query consistent"]);
    expect(topics.publisher.details).toHaveLength(told + 1);
  });

  it("unsubscribe: 1 delete", async () => {
    const connectionId = await topics.connect();
    expect(await callsOf(() => topics.send(connectionId, { type: "unsubscribe_topic", topic: "news" }))).toEqual([
      "UpdateItem",
      "DeleteItem",
    ]);
  });

  it("authenticate: 1 update, 1 query of the index, 1 write for each topic", async () => {
    const issuer = await createTokenIssuer(topics.clock);
    const tokens = createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, now: () => topics.clock.now() });
    const own = createRouterHarness(table, { actions: {}, handlers: {}, topics: sampleTopics }, { tokens });
    const connectionId = await own.connect();
    const authenticate = async () =>
      own.send(connectionId, { type: "authenticate", token: await issuer.sign({ tenant_id: own.tenantId }) });
    expect(await callsOf(authenticate)).toEqual(["UpdateItem", "UpdateItem", "Query gsi3"]);
    for (const topic of ["news", "rooms/a"]) await own.send(connectionId, { type: "subscribe_topic", topic });
    expect(await callsOf(authenticate)).toEqual(["UpdateItem", "UpdateItem", "Query gsi3", "UpdateItem", "UpdateItem"]);
  });

  it("ten events of one topic: 1 query, 1 post to each of its subscribers", async () => {
    const connectionId = await topics.connect();
    await topics.send(connectionId, { type: "subscribe_topic", topic: "news" });
    await topics.deliver();
    for (let index = 0; index < 10; index += 1) await topics.publishAs()(news.at(), { text: `${index}` });
    const posts = topics.api.calls.filter((call) => call.connectionId === connectionId).length;
    expect(await callsOf(() => topics.deliver())).toEqual(["Query consistent"]);
    expect(topics.api.calls.filter((call) => call.connectionId === connectionId)).toHaveLength(posts + 1);
  });

  it("a transition of a request: 2 queries, for its owner and for the tenant", async () => {
    const body = requestBody({
      request_id: "r1",
      tenant_id: topics.tenantId,
      user_id: "u9",
      action: "a",
      status: "completed",
      attempt: "1",
      correlation_id: "c",
    });
    expect(await callsOf(() => topics.notify([body]))).toEqual(["Query consistent", "Query consistent"]);
  });
});

describe("the router", () => {
  const submit = (payload: object) => ({ id: crypto.randomUUID(), action: "generate_report", payload });

  it.each<[string, object | string]>([
    ["ping", { type: "ping" }],
    ["short action", { action: "echo", payload: { message: "m" } }],
    ["frame that cannot be read", "not json"],
    ["payload that does not fit", submit({ start: 1 })],
    ["action that does not exist", { action: "no_such_action" }],
  ])("a %s: 1 update of the connection", async (_, frame) => {
    const connectionId = await router.connect();
    expect(await callsOf(() => router.send(connectionId, frame))).toEqual(["UpdateItem"]);
  });

  it("submit: 1 conditional put more", async () => {
    const connectionId = await router.connect();
    const frame = submit({ start: "2024" });
    expect(await callsOf(() => router.send(connectionId, frame))).toEqual(["UpdateItem", "PutItem"]);
    // Under the same id again: the put that lost tells how the request stands.
    expect(await callsOf(() => router.send(connectionId, frame))).toEqual(["UpdateItem", "PutItem"]);
  });

  it("submit of a payload over 4 KB: the same, in one transaction", async () => {
    const connectionId = await router.connect();
    const frame = submit({ start: BIG });
    expect(await callsOf(() => router.send(connectionId, frame))).toEqual(["UpdateItem", "TransactWriteItems"]);
  });

  it("subscribe: 1 get to authorise, 1 put, 1 query, 1 consistent get", async () => {
    const connectionId = await router.connect();
    const frame = submit({ start: "2024" });
    await router.send(connectionId, frame);
    const calls = await callsOf(() => router.send(connectionId, { type: "subscribe", request_id: frame.id }));
    expect(calls).toEqual(["UpdateItem", "GetItem", "PutItem", "Query consistent", "GetItem consistent"]);
  });

  it("subscribe after what the client has: the same", async () => {
    const connectionId = await router.connect();
    const frame = submit({ start: "2024" });
    await router.send(connectionId, frame);
    const ref = { tenantId: router.tenantId, requestId: frame.id };
    const update = { type: "chunk", request_id: frame.id, sequence: 1_000_001, previous: 0, attempt: 1, data: [1] } as const;
    await router.deps.updates.put(ref, update, 2_000_000_000);
    const calls = await callsOf(() => router.send(connectionId, { type: "subscribe", request_id: frame.id, after: 1_000_001 }));
    expect(calls).toEqual(["UpdateItem", "GetItem", "PutItem", "Query consistent", "GetItem consistent"]);
  });

  it("get_request: 1 consistent get; list_requests: 1 query of the index, 1 batch for each 100", async () => {
    const short = createRouterHarness(table, {
      actions: requestActions,
      handlers: createRequestActions({ requests: router.deps.requests }),
    });
    const connectionId = await short.connect({ tenantId: router.tenantId });
    const frame = submit({ start: "2024" });
    await router.send(await router.connect(), frame);
    const get = { action: "get_request", payload: { request_id: frame.id } };
    expect(await callsOf(() => short.send(connectionId, get))).toEqual(["UpdateItem", "GetItem consistent"]);
    expect(await callsOf(() => short.send(connectionId, { action: "list_requests" }))).toEqual([
      "UpdateItem",
      "Query gsi1",
      "BatchGetItem",
    ]);
  });

  it("subscribe to what is not yours: nothing after the get; to what does not seem to be there: 1 consistent get more", async () => {
    const connectionId = await router.connect();
    const frame = submit({ start: "2024" });
    await router.send(connectionId, frame);
    const stranger = await router.connect({ userId: "stranger" });
    const calls = await callsOf(() => router.send(stranger, { type: "subscribe", request_id: frame.id }));
    expect(calls).toEqual(["UpdateItem", "GetItem"]);
    const unknown = await callsOf(() => router.send(connectionId, { type: "subscribe", request_id: "unknown" }));
    expect(unknown).toEqual(["UpdateItem", "GetItem", "GetItem consistent"]);
  });

  it("cancel of what waits: 1 get to authorise, 1 update, 1 consistent query; 1 post and 1 update that counts it for each other watcher", async () => {
    const [connectionId, watcher] = [await router.connect(), await router.connect()];
    const frame = submit({ start: "2024" });
    const cancel = { type: "cancel", request_id: frame.id };
    await router.send(connectionId, frame);
    expect(await callsOf(() => router.send(connectionId, cancel))).toEqual(["UpdateItem", "GetItem", "UpdateItem", "Query consistent"]);
    const watched = submit({ start: "2024" });
    await router.send(connectionId, watched);
    await router.send(watcher, { type: "subscribe", request_id: watched.id });
    expect(await callsOf(() => router.send(connectionId, { ...cancel, request_id: watched.id }))).toEqual([
      "UpdateItem",
      "GetItem",
      "UpdateItem",
      "Query consistent",
      "UpdateItem",
    ]);
    expect(router.connectionManager.sends.map((send) => send.connectionId)).toEqual([watcher]);
  });

  const batchOf = (batchId: string, count: number) => ({
    type: "submit_batch",
    batch_id: batchId,
    action: "generate_report",
    first: 0,
    payloads: Array.from({ length: count }, (_, n) => ({ start: String(n) })),
  });
  const range = (type: string, batchId: string, count: number) => ({ type, batch_id: batchId, first: 0, count });
  const times = (count: number, call: string) => Array.from({ length: count }, () => call);

  it("submit_batch of 100: 1 update of the connection, 1 conditional put for each item", async () => {
    const connectionId = await router.connect();
    const batch = batchOf("b1", 100);
    expect(await callsOf(() => router.send(connectionId, batch))).toEqual(["UpdateItem", ...times(100, "PutItem")]);
    // Again: as many puts, which lose.
    expect(await callsOf(() => router.send(connectionId, batch))).toEqual(["UpdateItem", ...times(100, "PutItem")]);
  });

  it("subscribe_batch of 100: 1 batch of reads to authorise, 4 batches of puts, 1 batch of consistent reads", async () => {
    const submitter = await router.connect();
    await router.send(submitter, batchOf("b2", 100));
    const all = range("subscribe_batch", "b2", 100);
    expect(await callsOf(async () => router.send(await router.connect(), all))).toEqual([
      "PutItem",
      "UpdateItem",
      "BatchGetItem",
      ...times(4, "BatchWriteItem"),
      "BatchGetItem consistent",
    ]);
    // The submitter's own connection watches without subscriptions.
    expect(await callsOf(() => router.send(submitter, all))).toEqual(["UpdateItem", "BatchGetItem", "BatchGetItem consistent"]);
  });

  it("subscribe_batch to what has ended: no subscription; 1 read more for each result in an item of its own", async () => {
    const submitter = await router.connect();
    await router.send(submitter, batchOf("b3", 2));
    for (const n of [0, 1]) {
      const ref = { tenantId: router.tenantId, requestId: `b3.${n}` };
      await router.deps.requests.claim(ref, 60_000);
      await router.deps.requests.complete(ref, 1, { body: JSON.stringify(n === 0 ? BIG : 1), files: {} }, undefined);
    }
    const connectionId = await router.connect();
    const calls = await callsOf(() => router.send(connectionId, range("subscribe_batch", "b3", 2)));
    expect(calls).toEqual(["UpdateItem", "BatchGetItem", "BatchGetItem consistent", "GetItem consistent"]);
  });

  it("subscribe_batch to what does not seem to be there: 1 batch of consistent reads more, and nothing after it", async () => {
    const connectionId = await router.connect();
    const calls = await callsOf(() => router.send(connectionId, range("subscribe_batch", "unknown", 100)));
    expect(calls).toEqual(["UpdateItem", "BatchGetItem", "BatchGetItem consistent"]);
  });

  it("cancel_batch: for each item what cancel asks", async () => {
    const connectionId = await router.connect();
    await router.send(connectionId, batchOf("b4", 10));
    const calls = await callsOf(() => router.send(connectionId, range("cancel_batch", "b4", 10)));
    const each = ["GetItem", "UpdateItem", "Query consistent"].flatMap((call) => times(10, call));
    expect(calls[0]).toBe("UpdateItem");
    expect(calls.slice(1).toSorted()).toEqual(each.toSorted());
  });

  it("unsubscribe: 1 delete", async () => {
    const connectionId = await router.connect();
    const calls = await callsOf(() => router.send(connectionId, { type: "unsubscribe", request_id: "r1" }));
    expect(calls).toEqual(["UpdateItem", "DeleteItem"]);
  });
});

describe("the processor", () => {
  const CLAIM = "UpdateItem";
  const FLUSH = ["PutItem", "Query consistent"];
  const SETTLE = ["UpdateItem", "Query consistent"];
  /** What was posted to a watcher, on its connection's record: once, when the attempt is over. */
  const COUNT = "UpdateItem";
  const harness = (run: Run<typeof sampleActions.generateReport> = async () => ({})) =>
    createProcessorHarness(table, sampleActions.generateReport, run);

  it("claim, one flush, settle: 1 update; 1 put and 1 query; 1 update and 1 query; 1 post for each message; 1 update that counts them", async () => {
    const one = harness();
    const request = await one.submit({ start: "2024" });
    expect(await callsOf(() => one.process(request))).toEqual([CLAIM, ...FLUSH, ...SETTLE, COUNT]);
    expect(one.api.calls.map((call) => call.operation)).toEqual(["post", "post"]);
  });

  it("each watcher is one post more for each message, and one count", async () => {
    const one = harness();
    const request = await one.submit({ start: "2024" });
    for (const watcher of ["w1", "w2"]) await one.deps.subscriptions.put(request, watcher, request.expiresAt);
    expect(await callsOf(() => one.process(request))).toEqual([CLAIM, ...FLUSH, ...SETTLE, COUNT, COUNT, COUNT]);
    expect(one.api.calls).toHaveLength(6);
  });

  it("what is emitted in one breath is 1 put, 1 query and 1 post; what is awaited, as many for each value", async () => {
    const emitting = (run: Run<typeof draft>) => createProcessorHarness(table, draft, run);
    const together = emitting(async ({ emit }) => {
      for (let index = 0; index < 100; index += 1) void emit(index);
      return {};
    });
    const request = await together.submit({});
    expect(await callsOf(() => together.process(request))).toEqual([CLAIM, ...FLUSH, ...FLUSH, ...SETTLE, COUNT]);
    const awaited = emitting(async ({ emit }) => {
      for (let index = 0; index < 3; index += 1) await emit(index);
      return {};
    });
    const other = await awaited.submit({});
    expect(await callsOf(() => awaited.process(other))).toEqual([CLAIM, ...FLUSH, ...FLUSH, ...FLUSH, ...FLUSH, ...SETTLE, COUNT]);
  });

  it("a watcher with a subscription that is gone: its subscription and its record are deleted, once", async () => {
    const one = harness();
    const request = await one.submit({ start: "2024" });
    await one.deps.subscriptions.put(request, "left", request.expiresAt);
    one.api.answer("left", 410);
    expect(await callsOf(() => one.process(request))).toEqual([CLAIM, ...FLUSH, "DeleteItem", "DeleteItem", ...SETTLE, COUNT]);
  });

  it("each flush is 1 put and 1 query, however much was reported", async () => {
    const one = harness(async ({ progress, flush }) => {
      progress(1, "first");
      await flush();
      for (let percentage = 2; percentage < 90; percentage += 1) progress(percentage, "coalesced");
      return {};
    });
    const request = await one.submit({ start: "2024" });
    expect(await callsOf(() => one.process(request))).toEqual([CLAIM, ...FLUSH, ...FLUSH, ...SETTLE, COUNT]);
  });

  it("a watcher that is gone: 1 delete, once, no post after, and nothing to count", async () => {
    const one = harness();
    const request = await one.submit({ start: "2024" });
    one.api.answer(request.connectionId, 410);
    expect(await callsOf(() => one.process(request))).toEqual([CLAIM, ...FLUSH, "DeleteItem", ...SETTLE]);
    expect(one.api.calls).toHaveLength(1);
  });

  it("a payload over 4 KB: 1 consistent get; a result over 4 KB: the update in a transaction", async () => {
    const one = harness(async () => ({ text: BIG }));
    const request = await one.submit({ start: BIG });
    expect(await callsOf(() => one.process(request))).toEqual([
      CLAIM,
      "GetItem consistent",
      ...FLUSH,
      "TransactWriteItems",
      "Query consistent",
      COUNT,
    ]);
  });

  it("a later attempt: 1 query for the last update of the earlier ones", async () => {
    const one = harness();
    const request = await one.submit({ start: "2024" });
    await one.deps.requests.claim(request, 60_000);
    await createRawTable(table).force(request, { lease_expires_at: one.clock.now() });
    expect(await callsOf(() => one.process(request))).toEqual([CLAIM, "Query consistent", ...FLUSH, ...SETTLE, COUNT]);
  });

  it("a heartbeat: 1 update each ten seconds, whatever is reported", async () => {
    const begun = Promise.withResolvers<void>();
    const done = Promise.withResolvers<object>();
    const one = harness(() => {
      begun.resolve();
      return done.promise;
    });
    const request = await one.submit({ start: "2024" });
    log.clear();
    const answer = one.process(request);
    await begun.promise;
    for (let beats = 1; beats <= 3; beats += 1) {
      await one.clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
      // The next is set when the table has answered. Two timers are left then: it, and the deadline.
      await vi.waitFor(() => expect(one.clock.pending).toBe(2));
      expect(log.calls).toEqual([CLAIM, ...Array.from({ length: beats }, () => "UpdateItem")]);
    }
    done.resolve({});
    await answer;
  });

  it("a message that needs no work: 1 update that loses, and tells how the request stands", async () => {
    const one = harness();
    const request = await one.submit({ start: "2024" });
    await one.process(request);
    expect(await callsOf(() => one.process(request))).toEqual(["UpdateItem"]);
    expect(one.api.calls).toHaveLength(2);
  });
});

describe("the sweeper", () => {
  const LIST = "Query gsi4";
  const COUNT_CONNECTIONS = "Query gsi4 count";
  /** A table without the open work that the tests before have left. */
  const onItsOwn = async () => {
    const own = await createTestTable();
    return { calls: logTableCalls(own), sweeper: createSweeperHarness(own) };
  };
  /** What a sweep asks for beside the lists, one query for each partition of open work, and the count of connections, as many again. */
  const sweepOf = async ({ calls, sweeper }: Awaited<ReturnType<typeof onItsOwn>>): Promise<readonly string[]> => {
    calls.clear();
    await sweeper.sweep();
    for (const each of [LIST, COUNT_CONNECTIONS]) expect(calls.calls.filter((call) => call === each)).toHaveLength(10);
    return calls.calls.filter((call) => call !== LIST && call !== COUNT_CONNECTIONS);
  };

  it("a sweep with nothing due: 10 queries of the index, and 10 that count", async () => {
    expect(await sweepOf(await onItsOwn())).toEqual([]);
  });

  it("a request whose worker lives: read with 99 others, and no write", async () => {
    const world = await onItsOwn();
    const request = await world.sweeper.running();
    await world.sweeper.clock.advance(LEASE_MS);
    await world.sweeper.requests.heartbeat(request, 1, LEASE_MS, undefined);
    expect(await sweepOf(world)).toEqual(["BatchGetItem"]);
  });

  it("a request that waits: 1 update, and a tenth of a PutEvents", async () => {
    const world = await onItsOwn();
    await world.sweeper.submit();
    await world.sweeper.clock.advance(LEASE_MS);
    expect(await sweepOf(world)).toEqual(["BatchGetItem", "UpdateItem"]);
    expect(world.sweeper.sent).toHaveLength(1);
    expect(world.sweeper.api.calls).toEqual([]);
  });

  it.each([
    ["is tried again", 1],
    ["fails", 3],
  ])("a request of a lost worker that %s: 1 update and then 1 query; 1 post; 1 update that counts it", async (_, attempts) => {
    const world = await onItsOwn();
    await world.sweeper.running(attempts);
    await world.sweeper.clock.advance(LEASE_MS);
    expect(await sweepOf(world)).toEqual(["BatchGetItem", "UpdateItem", "Query consistent", "UpdateItem"]);
    expect(world.sweeper.api.calls.map((call) => call.operation)).toEqual(["post"]);
  });
});
