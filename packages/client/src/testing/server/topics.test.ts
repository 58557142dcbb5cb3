import { MAX_TOPICS_PER_CONNECTION, defineTopic } from "@streamer/protocol";
import type { ClientMessageInput, ServerMessage } from "@streamer/protocol";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { createTestClient } from "../testClient.ts";
import { createQueue } from "./queue.ts";
import { setUp, setUpRunning } from "./sampleServer.ts";
import { createTestToken } from "./testToken.ts";
import type { TestClaims } from "./testToken.ts";
import type { TestServer } from "./testServer.ts";

interface Said {
  readonly text: string;
}
const said: StandardSchemaV1<Said> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof (value as Partial<Said>).text === "string" ? { value: value as Said } : { issues: [{ message: "no text" }] },
  },
};
const room = defineTopic("rooms/*", { event: said, presence: true });
const board = defineTopic("board", { event: said, permissions: ["board:read"] });
const topics = [room, board];

/** One connection, message by message. */
async function connect(server: Pick<TestServer<never>, "url" | "WebSocket">, claims: TestClaims = {}) {
  const wire = createTestClient({ url: server.url, WebSocket: server.WebSocket });
  const inbox = createQueue<ServerMessage>();
  wire.onMessage((message) => inbox.push(message));
  await wire.connect(createTestToken(claims));
  const ask = (message: ClientMessageInput): Promise<ServerMessage> => {
    wire.send(message);
    return inbox.next();
  };
  return {
    next: () => inbox.next(),
    subscribe: (topic: string) => ask({ type: "subscribe_topic", topic }),
    authenticate: (renewed: TestClaims) => ask({ type: "authenticate", token: createTestToken(renewed) }),
    unsubscribe: (topic: string) => ask({ type: "unsubscribe_topic", topic }),
    /** What has come that nobody has looked at, up to now. */
    rest: async () => {
      wire.send({ type: "ping" });
      const found: ServerMessage[] = [];
      for (let message = await inbox.next(); message.type !== "pong"; message = await inbox.next()) found.push(message);
      return found;
    },
    close: () => wire.close(),
  };
}

const eventsOf = (messages: readonly ServerMessage[]) =>
  messages.flatMap((message) =>
    message.type === "event" ? message.events.map(({ id, data }) => ({ topic: message.topic, id, data })) : [],
  );

describe("a topic of the app", () => {
  test("is heard by those who subscribed to it, in its tenant only, until they unsubscribe", async () => {
    const server = setUp({ topics });
    const [ada, other, foreign] = [await connect(server), await connect(server), await connect(server, { tenant_id: "acme" })];
    for (const each of [ada, foreign]) expect(await each.subscribe("rooms/lobby")).toMatchObject({ type: "subscribed_topic" });
    server.publish(room.at("lobby"), { text: "hi" });
    server.publish("rooms/attic", { text: "nobody hears it" });
    server.publish("rooms/lobby", { text: "to acme" }, { tenantId: "acme" });
    expect(eventsOf(await ada.rest())).toEqual([{ topic: "rooms/lobby", id: "event-1", data: { text: "hi" } }]);
    expect(eventsOf(await foreign.rest())).toEqual([{ topic: "rooms/lobby", id: "event-3", data: { text: "to acme" } }]);
    expect(await other.rest()).toEqual([]);
    expect(await ada.unsubscribe("rooms/lobby")).toEqual({ type: "unsubscribed_topic", topic: "rooms/lobby" });
    server.publish(room.at("lobby"), { text: "too late" });
    expect(await ada.rest()).toEqual([]);
  });

  test("is refused to whom lacks its permission, and by a name that no definition has", async () => {
    const server = setUp({ topics });
    const ada = await connect(server);
    expect(await ada.subscribe("board")).toMatchObject({
      topic: "board",
      error: { code: "FORBIDDEN", details: { missing: ["board:read"] } },
    });
    expect(await ada.subscribe("rooms")).toMatchObject({ topic: "rooms", error: { code: "NOT_FOUND" } });
    const reader = await connect(server, { permissions: ["board:read"] });
    expect(await reader.subscribe("board")).toEqual({ type: "subscribed_topic", topic: "board" });
  });

  test("takes no data that its schema does not, and the server's own topics none at all", () => {
    const server = setUp({ topics });
    expect(() => server.publish("board", { words: 1 })).toThrow('"board" does not fit its schema: no text.');
    expect(() => server.publish("nowhere", {})).toThrow('"nowhere"');
    for (const own of ["requests", "tenant:requests"]) expect(() => server.publish(own, {})).toThrow(own);
  });

  test("has any name when the server was given none", async () => {
    const server = setUp();
    const ada = await connect(server);
    expect(await ada.subscribe("what/ever")).toEqual({ type: "subscribed_topic", topic: "what/ever" });
    server.publish("what/ever", 7);
    expect(eventsOf(await ada.rest())).toMatchObject([{ data: 7 }]);
    expect(await ada.subscribe("tenant:others")).toMatchObject({ error: { code: "NOT_FOUND" } });
  });
});

test("presence: who comes is told to the others, with the list to whom comes, and leaving is told on unsubscribe and on disconnect", async () => {
  const server = setUp({ topics });
  const ada = await connect(server, { sub: "ada" });
  expect(await ada.subscribe("rooms/lobby")).toMatchObject({ members: [{ user_id: "ada" }] });
  const bob = await connect(server, { sub: "bob" });
  expect(await bob.subscribe("rooms/lobby")).toMatchObject({ members: [{ user_id: "bob" }, { user_id: "ada" }] });
  expect(await ada.next()).toMatchObject({ type: "presence", joined: [{ connection_id: "connection-2", user_id: "bob" }], left: [] });
  // A second subscription of the same connection is none.
  await bob.subscribe("rooms/lobby");
  await bob.unsubscribe("rooms/lobby");
  expect(await ada.rest()).toMatchObject([{ type: "presence", joined: [], left: ["connection-2"] }]);
  await bob.subscribe("rooms/lobby");
  await bob.close();
  expect(await ada.rest()).toMatchObject([{ joined: [{ user_id: "bob" }] }, { left: ["connection-2"] }]);
});

describe("the transitions of requests", () => {
  test("are told to their user, and to who may read all of the tenant", async () => {
    const server = setUp();
    const reports = server.on("generate_report");
    const permissions = ["requests:read"];
    const [own, mallory, auditor] = [
      await connect(server),
      await connect(server, { sub: "mallory" }),
      await connect(server, { sub: "eve", permissions }),
    ];
    const foreign = await connect(server, { tenant_id: "acme", permissions });
    for (const each of [own, mallory]) await each.subscribe("requests");
    expect(await mallory.subscribe("tenant:requests")).toMatchObject({ topic: "tenant:requests", error: { code: "FORBIDDEN" } });
    for (const each of [auditor, foreign]) await each.subscribe("tenant:requests");
    const submitted = server.client.generateReport.submit({ pages: 1 }, { id: "r1" });
    const request = await reports.next();
    request.acknowledge();
    request.progress(10, "is no transition");
    request.retry();
    request.begin();
    request.fail("TIMEOUT");
    await submitted.result().catch(() => {});
    request.redrive();
    request.complete({ url: "u" });
    const told = eventsOf(await own.rest());
    expect(told.map(({ id }) => id)).toEqual(["r1.pending.0", "r1.retrying.1", "r1.failed.2", "r1.pending.2", "r1.completed.3"]);
    expect(told[1]).toEqual({
      topic: "requests",
      id: "r1.retrying.1",
      data: { request_id: "r1", action: "generate_report", user_id: "user", status: "retrying", attempt: 1 },
    });
    expect(eventsOf(await auditor.rest()).map(({ topic, id }) => [topic, id])).toEqual(told.map(({ id }) => ["tenant:requests", id]));
    expect([await mallory.rest(), await foreign.rest()]).toEqual([[], []]);
  });

  test("of a short action are none, for it is not stored", async () => {
    const server = setUp();
    server.on("echo", () => ({ text: "x" }));
    const own = await connect(server);
    await own.subscribe("requests");
    await server.client.echo.submit({ text: "" }).result();
    expect(await own.rest()).toEqual([]);
  });
});

test("a connection has 50 topics and no more; a repeated subscription is no new one", async () => {
  const server = setUp();
  const ada = await connect(server);
  for (let n = 0; n < MAX_TOPICS_PER_CONNECTION; n += 1) await ada.subscribe(`t${n}`);
  expect(await ada.subscribe("t0")).toMatchObject({ type: "subscribed_topic" });
  expect(await ada.subscribe("one-more")).toMatchObject({ topic: "one-more", error: { code: "RATE_LIMITED", details: { limit: 50 } } });
  await ada.unsubscribe("t0");
  expect(await ada.subscribe("one-more")).toMatchObject({ type: "subscribed_topic" });
});

test("a token that is good no longer opens no topic, and a limited frame's error names its topic", async () => {
  const { server } = await setUpRunning();
  const late = await connect(server);
  server.limitFrames(1, 3);
  expect(await late.subscribe("news")).toMatchObject({ topic: "news", error: { code: "RATE_LIMITED", details: { retry_after: 3 } } });
  server.expireTokens();
  expect(await late.subscribe("news")).toMatchObject({ topic: "news", error: { code: "UNAUTHORIZED" } });
});

test("a connection hears nothing after its token's end; a fresh one opens its topics again, but for those that it may not hear", async () => {
  const clock = createFakeClock();
  const server = setUp({ topics, clock });
  const exp = clock.now() / 1000 + 60;
  const ada = await connect(server, { exp, permissions: ["board:read"] });
  for (const topic of ["board", "rooms/lobby"]) await ada.subscribe(topic);
  const publish = (): void => ["board", "rooms/lobby"].forEach((topic) => server.publish(topic, { text: topic }));
  publish();
  expect(eventsOf(await ada.rest())).toHaveLength(2);
  await clock.advance(60_000);
  publish();
  expect(await ada.rest()).toEqual([]);
  // What it may not hear any more it is told of before.
  expect(await ada.authenticate({ exp: exp + 600 })).toMatchObject({ type: "error", topic: "board", error: { code: "FORBIDDEN" } });
  expect(await ada.next()).toMatchObject({ type: "authenticated" });
  publish();
  expect(eventsOf(await ada.rest()).map(({ topic }) => topic)).toEqual(["rooms/lobby"]);
});
