// @vitest-environment jsdom
import { defineTopic } from "@streamer/protocol";
import type { EventOf, RequestTopicData, ServerMessage } from "@streamer/protocol";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createElement } from "react";
import { expect, expectTypeOf, test } from "vitest";
import { StreamerProvider } from "../provider/streamerProvider.ts";
import { setUpConnectedApp } from "../testing/app.ts";
import { watch } from "../testing/watch.ts";
import { useTopic } from "./useTopic.ts";
import type { UseTopicOptions } from "./useTopic.ts";

interface Props {
  readonly topic?: string | undefined;
  readonly onEvent?: UseTopicOptions<string>["onEvent"];
  readonly onGap?: UseTopicOptions<string>["onGap"];
}

async function setUpTopic(props: Props, strict = false) {
  const setup = await setUpConnectedApp();
  const topic = watch(({ topic: name, ...options }: Props) => useTopic<string>(name, options), {
    props,
    strict,
    wrapper: ({ children }) => createElement(StreamerProvider, { client: setup.api, children }),
  });
  return { ...setup, topic };
}

const event = (id: string, topic = "rooms/lobby"): ServerMessage => ({ type: "event", topic, events: [{ id, data: id, timestamp: 1 }] });

const ada = { connection_id: "c1", user_id: "ada", since: 1 };
const bob = { connection_id: "c2", user_id: "bob", since: 2 };

/** Events as they come, to be waited for. */
function createInbox() {
  const ids: string[] = [];
  let wake = (): void => {};
  return {
    ids,
    take: ({ id }: { readonly id: string }): void => {
      ids.push(id);
      wake();
    },
    async until(last: string): Promise<readonly string[]> {
      while (!ids.includes(last)) await new Promise<void>((resolve) => void (wake = resolve));
      return ids;
    },
  };
}

test("a component hears a topic's events, and shows who is there", async () => {
  const inbox = createInbox();
  const { connection, topic } = await setUpTopic({ topic: "rooms/lobby", onEvent: inbox.take });
  expect(topic.current).toMatchObject({ state: "subscribing", members: undefined });
  expect(await connection.next()).toEqual({ type: "subscribe_topic", topic: "rooms/lobby" });
  connection.send({ type: "subscribed_topic", topic: "rooms/lobby", members: [ada] });
  await topic.until(({ state }) => state === "subscribed");
  connection.send({ type: "presence", topic: "rooms/lobby", joined: [bob], left: [] });
  const { members } = await topic.until((view) => view.members?.length === 2);
  expect(members?.map(({ userId }) => userId)).toEqual(["ada", "bob"]);
  for (const id of ["a", "a", "b"]) connection.send(event(id));
  expect(await inbox.until("b")).toEqual(["a", "b"]);
  topic.unmount();
  expect(await connection.next()).toEqual({ type: "unsubscribe_topic", topic: "rooms/lobby" });
});

test("the newest listener hears, and the topic is not subscribed anew for another", async () => {
  const [first, second] = [createInbox(), createInbox()];
  const { connection, topic } = await setUpTopic({ topic: "rooms/lobby", onEvent: first.take });
  await connection.next();
  connection.send({ type: "subscribed_topic", topic: "rooms/lobby" });
  connection.send(event("a"));
  await first.until("a");
  topic.rerender({ topic: "rooms/lobby", onEvent: second.take });
  connection.send(event("b"));
  await second.until("b");
  expect([first.ids, second.ids]).toEqual([["a"], ["b"]]);
  expect(connection.unread).toEqual([]);
});

test("another topic takes the place of the one before; none shows idle", async () => {
  const { connection, topic } = await setUpTopic({ topic: "rooms/lobby" });
  await connection.next();
  connection.send({ type: "subscribed_topic", topic: "rooms/lobby", members: [ada] });
  await topic.until(({ state }) => state === "subscribed");
  topic.rerender({ topic: "rooms/attic" });
  expect(topic.current).toMatchObject({ state: "subscribing", members: undefined });
  const frames = [await connection.next(), await connection.next()];
  expect(new Set(frames)).toEqual(
    new Set([
      { type: "unsubscribe_topic", topic: "rooms/lobby" },
      { type: "subscribe_topic", topic: "rooms/attic" },
    ]),
  );
  topic.rerender({});
  expect(topic.current).toMatchObject({ state: "idle" });
});

test("after a loss of the connection it says that events may have been missed, once the topic is there again", async () => {
  let gaps = 0;
  const { server, connection, topic } = await setUpTopic({ topic: "rooms/lobby", onGap: () => (gaps += 1) });
  await connection.next();
  connection.send({ type: "subscribed_topic", topic: "rooms/lobby" });
  await topic.until(({ state }) => state === "subscribed");
  connection.drop();
  const next = await server.accept();
  await topic.until(({ state }) => state === "subscribing");
  expect(await next.next()).toEqual({ type: "subscribe_topic", topic: "rooms/lobby" });
  expect(gaps).toBe(0);
  next.send({ type: "subscribed_topic", topic: "rooms/lobby" });
  expect(await topic.until(({ state }) => state === "subscribed")).toMatchObject({ gaps: 1 });
  expect(gaps).toBe(1);
});

test("a refusal is shown", async () => {
  const { connection, topic } = await setUpTopic({ topic: "rooms/lobby" });
  await connection.next();
  connection.send({ type: "error", topic: "rooms/lobby", error: { code: "FORBIDDEN", message: "…", retryable: false } });
  expect(await topic.until(({ state }) => state === "refused")).toMatchObject({ error: { code: "FORBIDDEN" } });
});

test("StrictMode subscribes once, and hears each event once", async () => {
  const inbox = createInbox();
  const { connection } = await setUpTopic({ topic: "rooms/lobby", onEvent: inbox.take }, true);
  await connection.next();
  connection.send({ type: "subscribed_topic", topic: "rooms/lobby" });
  for (const id of ["a", "b"]) connection.send(event(id));
  expect(await inbox.until("b")).toEqual(["a", "b"]);
  expect(connection.unread).toEqual([]);
});

/** Compiled, never called: hooks may be called in components only. */
export function Typed(): void {
  const schema: StandardSchemaV1<{ text: string }> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as never }) },
  };
  const room = defineTopic("rooms/*", { event: schema });
  useTopic<EventOf<typeof room>>("rooms/lobby", { onEvent: ({ data }) => expectTypeOf(data).toEqualTypeOf<{ text: string }>() });
  useTopic("requests", { onEvent: ({ data }) => expectTypeOf(data).toEqualTypeOf<RequestTopicData>() });
  useTopic("rooms/lobby", { onEvent: ({ data }) => expectTypeOf(data).toEqualTypeOf<unknown>() });
}
