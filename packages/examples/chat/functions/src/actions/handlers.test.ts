import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { byteLength, MAX_MESSAGE_BYTES, parse } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { createLogger, tableDefinition } from "@streamer/server";
import type { HandlerContext, TableConfig } from "@streamer/server";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createMessageStore, HISTORY, MESSAGE_TTL_SECONDS } from "../messages/messageStore.ts";
import { actions } from "./index.ts";
import { createRecentMessages } from "./recentMessages/handler.ts";
import { createSay } from "./say/handler.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the real engine that the test run provides. */
    dynamodbEndpoint: string;
  }
}

let table: TableConfig;
beforeAll(async () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: inject("dynamodbEndpoint"), region: "us-east-1", credentials });
  const tableName = `chat-${crypto.randomUUID()}`;
  const { partitionKey, sortKey } = tableDefinition;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: "HASH" },
        { AttributeName: sortKey, KeyType: "RANGE" },
      ],
    }),
  );
  table = { client, tableName };
});
afterAll(() => table.client.destroy());

/** The app's handlers on a real table, for the users of tenants of this test's own. */
function startChat() {
  const clock = createFakeClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const messages = createMessageStore(table, clock);
  const [say, recentMessages] = [createSay({ messages, clock }), createRecentMessages(messages)];
  const suffix = crypto.randomUUID();
  const published: unknown[] = [];
  let requests = 0;
  const contextOf = (user: string, tenant: string, requestId = `r${(requests += 1)}`): Omit<HandlerContext<never>, "input"> => ({
    requestId,
    tenantId: `${tenant}-${suffix}`,
    userId: user,
    permissions: [],
    metadata: {},
    correlationId: crypto.randomUUID(),
    traceparent: "",
    publish: async ({ name }, data) => void published.push([name, data]),
    signal: new AbortController().signal,
    logger: createLogger("test"),
  });
  return {
    clock,
    published,
    async say(user: string, tenant: string, text: string, { room = "lobby", requestId = undefined as string | undefined } = {}) {
      const input = await parse(actions.say.input, { room, text });
      const answer = await say({ ...contextOf(user, tenant, requestId), input });
      await clock.advance(1_000);
      return (await parse(actions.say.output, answer)).message;
    },
    async history(user: string, tenant: string, room = "lobby") {
      const input = await parse(actions.recentMessages.input, { room });
      return (await parse(actions.recentMessages.output, await recentMessages({ ...contextOf(user, tenant), input }))).messages;
    },
  };
}

test("what is said carries the name of the token, is told to the room, and stands in its history, oldest first", async () => {
  const chat = startChat();
  const first = await chat.say("ada", "acme", "  Hello  ");
  const second = await chat.say("bob", "acme", "Hi");
  expect(first).toMatchObject({ room: "lobby", from: "ada", text: "Hello", sent_at: Date.UTC(2026, 0, 2, 3, 4, 5) });
  expect(chat.published).toEqual([
    ["rooms/lobby", first],
    ["rooms/lobby", second],
  ]);
  expect(await chat.history("eve", "acme")).toEqual([first, second]);
});

test("rooms are apart, and so are tenants, also those with a # in their names", async () => {
  const chat = startChat();
  await chat.say("ada", "acme#lobby", "secret");
  await chat.say("ada", "acme", "to the kitchen", { room: "kitchen" });
  expect(await chat.history("eve", "acme")).toEqual([]);
  expect(await chat.history("eve", "globex", "kitchen")).toEqual([]);
  expect((await chat.history("ada", "acme", "kitchen")).map(({ text }) => text)).toEqual(["to the kitchen"]);
});

test("a request that is sent again is one message; the same id of two users is two", async () => {
  const chat = startChat();
  const first = await chat.say("ada", "acme", "Hello", { requestId: "same" });
  const again = await chat.say("ada", "acme", "Hello", { requestId: "same" });
  await chat.say("bob", "acme", "Hi", { requestId: "same" });
  expect(again.id).toBe(first.id);
  expect((await chat.history("ada", "acme")).map(({ from, sent_at }) => [from, sent_at])).toEqual([
    ["ada", first.sent_at],
    ["bob", first.sent_at + 2_000],
  ]);
});

test("the history is the last fifty, and of long texts as many as fit into a message", async () => {
  const chat = startChat();
  const said = await Promise.all(Array.from({ length: HISTORY + 5 }, (_, n) => chat.say("ada", "acme", `n ${n}`)));
  expect(await chat.history("ada", "acme")).toHaveLength(HISTORY);
  expect(said).toHaveLength(HISTORY + 5);
  for (let n = 0; n < HISTORY; n += 1) await chat.say("ada", "acme", `${n} ${"語".repeat(990)}`, { room: "kitchen" });
  const kitchen = await chat.history("ada", "acme", "kitchen");
  expect(byteLength(JSON.stringify(kitchen))).toBeLessThan(MAX_MESSAGE_BYTES);
  expect(kitchen.length).toBeGreaterThan(20);
  expect(kitchen.at(-1)?.text).toMatch(/^49 /);
});

test("messages are forgotten after thirty days, though the table may not have deleted them yet", async () => {
  const chat = startChat();
  await chat.say("ada", "acme", "old");
  await chat.clock.advance((MESSAGE_TTL_SECONDS - 10) * 1_000);
  await chat.say("ada", "acme", "new");
  expect(await chat.history("ada", "acme")).toHaveLength(2);
  await chat.clock.advance(10_000);
  expect((await chat.history("ada", "acme")).map(({ text }) => text)).toEqual(["new"]);
});

test.each([
  ["an empty text", { room: "lobby", text: "  " }],
  ["a text that is too long", { room: "lobby", text: "x".repeat(1_001) }],
  ["a room that no topic can have", { room: "a/b", text: "x" }],
  ["no room", { text: "x" }],
])("%s is refused", async (_, payload) => {
  await expect(parse(actions.say.input, payload)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
});
