import { defineTopic } from "@streamer/protocol";
import type { Actions, EventOf, RequestTopicData, ServerMessage } from "@streamer/protocol";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { createClient } from "../createClient.ts";
import { GATEWAY_FRAME, errorBody, setUp, setUpConnected } from "../testing/setup.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { StreamerClient } from "../streamerClient.ts";
import { subscribeTopic } from "./subscribeTopic.ts";
import type { TopicHandle } from "./types.ts";

const TOPIC = "rooms/lobby";

function event(id: string, data: unknown = id, topic = TOPIC): ServerMessage {
  return { type: "event", topic, events: [{ id, data, timestamp: 1_711_929_600 }] };
}

function refusal(code: Parameters<typeof errorBody>[0], details?: Record<string, unknown>): ServerMessage {
  return { type: "error", topic: TOPIC, error: { ...errorBody(code), ...(details === undefined ? {} : { details }) } };
}

/** Waits until the handle is as wanted; asked at once and after each of its changes. */
function when(handle: Pick<TopicHandle, "onChange">, isIt: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isIt()) return;
      stop();
      resolve();
    };
    const stop = handle.onChange(check);
    check();
  });
}

const is = (handle: TopicHandle, state: TopicHandle["state"]): Promise<void> => when(handle, () => handle.state === state);

/** The ids of events as they come, to be waited for. */
function heard(handle: TopicHandle) {
  const ids: string[] = [];
  const stream = handle.events();
  return {
    ids,
    async until(last: string) {
      for (;;) {
        const step = await stream.next();
        if (step.done === true) throw new Error(`it ended before ${last}`);
        ids.push(step.value.id);
        if (step.value.id === last) return ids;
      }
    },
  };
}

/** A server that answers the next frame, which subscribes. */
async function answer(connection: ScriptedConnection, topic = TOPIC): Promise<void> {
  expect(await connection.next()).toEqual({ type: "subscribe_topic", topic });
  connection.send({ type: "subscribed_topic", topic });
}

async function setUpSubscribed() {
  const setup = await setUpConnected();
  const lobby = subscribeTopic(setup.client, TOPIC);
  await answer(setup.connection);
  await is(lobby, "subscribed");
  return { ...setup, lobby };
}

describe("a subscription", () => {
  test("connects by itself, and its events come once the server has answered", async () => {
    const { client, server } = await setUp();
    const lobby = subscribeTopic(client, TOPIC);
    expect(lobby).toMatchObject({ topic: TOPIC, state: "subscribing", error: undefined, members: undefined, gaps: 0 });
    const connection = await server.accept();
    await answer(connection);
    await is(lobby, "subscribed");
    const listened: unknown[] = [];
    lobby.onEvent(({ data }) => listened.push(data));
    const events = heard(lobby);
    connection.send({ type: "event", topic: TOPIC, events: [1, 2].map((n) => ({ id: `e${n}`, data: { n }, timestamp: 7 })) });
    connection.send(event("other", 0, "rooms/attic"));
    connection.send(event("e3"));
    expect(await events.until("e3")).toEqual(["e1", "e2", "e3"]);
    expect(listened).toEqual([{ n: 1 }, { n: 2 }, "e3"]);
  });

  test("hears an event that comes twice once", async () => {
    const { connection, lobby } = await setUpSubscribed();
    const events = heard(lobby);
    for (const id of ["a", "b", "a", "b", "c"]) connection.send(event(id));
    expect(await events.until("c")).toEqual(["a", "b", "c"]);
  });

  test("is one on the wire for all handles of the topic, until the last is unsubscribed", async () => {
    const { client, connection, lobby } = await setUpSubscribed();
    const second = subscribeTopic(client, TOPIC);
    expect(second.state).toBe("subscribed");
    await lobby.unsubscribe();
    expect(lobby.state).toBe("closed");
    const events = heard(second);
    connection.send(event("a"));
    expect(await events.until("a")).toEqual(["a"]);
    expect(connection.unread).toEqual([]);
    const done = second.unsubscribe();
    expect(await connection.next()).toEqual({ type: "unsubscribe_topic", topic: TOPIC });
    connection.send({ type: "unsubscribed_topic", topic: TOPIC });
    await done;
    expect(await second.events().next()).toEqual({ done: true, value: undefined });
  });

  test("that is left and wanted again in one go sends nothing", async () => {
    const { client, connection, lobby } = await setUpSubscribed();
    const left = lobby.unsubscribe();
    const again = subscribeTopic(client, TOPIC);
    await left;
    expect(again.state).toBe("subscribed");
    const events = heard(again);
    connection.send(event("a"));
    await events.until("a");
    expect(connection.unread).toEqual([]);
  });

  test("that is wanted again while it is left is subscribed after that, and is not taken for subscribed before", async () => {
    const { client, connection, lobby } = await setUpSubscribed();
    const left = lobby.unsubscribe();
    expect(await connection.next()).toMatchObject({ type: "unsubscribe_topic" });
    const again = subscribeTopic(client, TOPIC);
    expect(again.state).toBe("subscribing");
    connection.send({ type: "unsubscribed_topic", topic: TOPIC });
    await answer(connection);
    await is(again, "subscribed");
    await left;
    expect(again.gaps).toBe(0);
  });

  test("that is left before it was answered is unsubscribed when it is", async () => {
    const { client, connection } = await setUpConnected();
    const lobby = subscribeTopic(client, TOPIC);
    const done = lobby.unsubscribe();
    await answer(connection);
    expect(await connection.next()).toEqual({ type: "unsubscribe_topic", topic: TOPIC });
    connection.send({ type: "unsubscribed_topic", topic: TOPIC });
    await done;
  });

  test("that is left while there is no connection has nothing to tell", async () => {
    const { client } = await setUp();
    const lobby = subscribeTopic(client, TOPIC);
    await lobby.unsubscribe();
    expect(lobby.state).toBe("closed");
  });

  test("goes on when those who follow its events stop", async () => {
    const { connection, lobby } = await setUpSubscribed();
    const stop = new AbortController();
    const stopped = lobby.events({ signal: stop.signal });
    const others = heard(lobby);
    connection.send(event("a"));
    await others.until("a");
    stop.abort();
    expect(await stopped.next()).toEqual({ done: true, value: undefined });
    expect(await lobby.events({ signal: stop.signal }).next()).toEqual({ done: true, value: undefined });
    connection.send(event("b"));
    await others.until("b");
    expect([lobby.state, stopped.dropped]).toEqual(["subscribed", 0]);
    expect(() => lobby.events({ maxWaiting: 0 })).toThrow(RangeError);
  });

  test("ends with its signal", async () => {
    const { client, connection } = await setUpConnected();
    const stop = new AbortController();
    const lobby = subscribeTopic(client, TOPIC, { signal: stop.signal });
    await answer(connection);
    await is(lobby, "subscribed");
    stop.abort();
    expect(lobby.state).toBe("closed");
    expect(await connection.next()).toEqual({ type: "unsubscribe_topic", topic: TOPIC });
    expect(subscribeTopic(client, "other", { signal: AbortSignal.abort() }).state).toBe("closed");
  });
});

describe("after a loss of the connection", () => {
  test("it is subscribed again, and told that events may have been missed when it is", async () => {
    const { client, server, connection, lobby } = await setUpSubscribed();
    let toldOfGaps = 0;
    lobby.onGap(() => {
      expect(lobby.state).toBe("subscribed");
      toldOfGaps += 1;
    });
    const events = heard(lobby);
    connection.send(event("a"));
    await events.until("a");
    connection.drop();
    const next = await server.accept();
    await is(lobby, "subscribing");
    expect([lobby.gaps, toldOfGaps]).toEqual([0, 0]);
    await answer(next);
    await is(lobby, "subscribed");
    expect([lobby.gaps, toldOfGaps]).toEqual([1, 1]);
    next.send(event("a"));
    next.send(event("b"));
    expect(await events.until("b")).toEqual(["a", "b"]);
    expect(subscribeTopic(client, TOPIC).gaps).toBe(0);
  });

  test("a first subscription that the loss delays has missed nothing", async () => {
    const { client, server, connection } = await setUpConnected();
    const lobby = subscribeTopic(client, TOPIC);
    await connection.next();
    connection.drop();
    await answer(await server.accept());
    await is(lobby, "subscribed");
    expect(lobby.gaps).toBe(0);
  });
});

describe("when the connection moves to another line", () => {
  async function setUpMoving() {
    const clock = createFakeClock();
    const setup = await setUpConnected({ clock, rolloverAfterMs: 60_000 });
    const lobby = subscribeTopic(setup.client, TOPIC);
    await answer(setup.connection);
    await is(lobby, "subscribed");
    // With a `random` of 0 it is five percent sooner.
    await clock.advance(57_000);
    return { ...setup, clock, lobby, next: await setup.server.accept() };
  }

  test("both lines are heard and nothing is lost or doubled; the one before is closed, not unsubscribed", async () => {
    const { connection, lobby, next } = await setUpMoving();
    const events = heard(lobby);
    expect(await next.next()).toEqual({ type: "subscribe_topic", topic: TOPIC });
    connection.send(event("a"));
    await events.until("a");
    expect(lobby.state).toBe("subscribed");
    next.send({ type: "subscribed_topic", topic: TOPIC });
    expect(await connection.closed).toBe(1000);
    next.send(event("a"));
    next.send(event("b"));
    expect(await events.until("b")).toEqual(["a", "b"]);
    expect([lobby.state, lobby.gaps]).toEqual(["subscribed", 0]);
    expect(connection.unread).toEqual([]);
  });

  test("and the new one breaks before it has answered, it goes on with the one before, and nothing was missed", async () => {
    const { connection, lobby, next } = await setUpMoving();
    await next.next();
    next.drop();
    await next.closed;
    const events = heard(lobby);
    connection.send(event("a"));
    await events.until("a");
    expect([lobby.state, lobby.gaps]).toEqual(["subscribed", 0]);
    expect(connection.unread).toEqual([]);
  });

  test("and the answer is still to come on the one before, that is waited for, and then it is subscribed on the other", async () => {
    const clock = createFakeClock();
    const { client, server, connection } = await setUpConnected({ clock, rolloverAfterMs: 60_000 });
    const report = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    await report.accepted();
    const lobby = subscribeTopic(client, TOPIC);
    await connection.next();
    await clock.advance(57_000);
    const next = await server.accept();
    // The request is watched on the other line from here on, which is in use.
    expect(await next.next()).toMatchObject({ type: "subscribe", request_id: "r1" });
    next.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [], more: false });
    connection.send({ type: "subscribed_topic", topic: TOPIC });
    await is(lobby, "subscribed");
    await answer(next);
    expect(await connection.closed).toBe(1000);
    expect([lobby.state, lobby.gaps]).toEqual(["subscribed", 0]);
  });

  test("an error of the one before says nothing of what was sent on the other", async () => {
    const { connection, lobby, next } = await setUpMoving();
    await next.next();
    const events = heard(lobby);
    connection.send(refusal("FORBIDDEN"));
    connection.send(event("a"));
    await events.until("a");
    expect(lobby.state).toBe("subscribed");
  });

  test("and it is left before the other has answered, it is unsubscribed there only", async () => {
    const { connection, lobby, next } = await setUpMoving();
    await next.next();
    const done = lobby.unsubscribe();
    next.send({ type: "subscribed_topic", topic: TOPIC });
    expect(await next.next()).toEqual({ type: "unsubscribe_topic", topic: TOPIC });
    next.send({ type: "unsubscribed_topic", topic: TOPIC });
    await done;
    expect(connection.unread).toEqual([]);
  });

  test("while the server wants to be left alone, and it is left then, nothing is sent and no line is waited for", async () => {
    const clock = createFakeClock();
    const { client, server, connection } = await setUpConnected({ clock, rolloverAfterMs: 60_000 });
    const lobby = subscribeTopic(client, TOPIC);
    await answer(connection);
    const events = heard(lobby);
    connection.send({ type: "error", error: { ...errorBody("RATE_LIMITED"), details: { retry_after: 60 } } });
    connection.send(event("a"));
    await events.until("a");
    await clock.advance(57_000);
    const next = await server.accept();
    next.send(event("b"));
    await events.until("b");
    const done = lobby.unsubscribe();
    await clock.advance(3_000);
    await done;
    expect([...next.unread, ...connection.unread]).toEqual([]);
  });

  test("and the one before breaks before the other has answered, events may have been missed", async () => {
    const { connection, lobby, next } = await setUpMoving();
    await next.next();
    connection.drop();
    await is(lobby, "subscribing");
    next.send({ type: "subscribed_topic", topic: TOPIC });
    await is(lobby, "subscribed");
    expect(lobby.gaps).toBe(1);
  });
});

describe("a refusal", () => {
  test.each(["FORBIDDEN", "NOT_FOUND", "UNAUTHORIZED"] as const)(
    "%s is final: the handle says why, and who follows it is told",
    async (code) => {
      const { client, connection } = await setUpConnected();
      const lobby = subscribeTopic(client, TOPIC);
      const following = lobby.events().next();
      await connection.next();
      connection.send(refusal(code));
      await expect(following).rejects.toMatchObject({ code });
      expect(lobby).toMatchObject({ state: "refused", error: { code } });
      await lobby.unsubscribe();
      expect(lobby.state).toBe("refused");
      // Whoever asks anew does ask the server anew.
      const again = subscribeTopic(client, TOPIC);
      await answer(connection);
      await is(again, "subscribed");
    },
  );

  test("by RATE_LIMITED for a time is waited out, by everything that the client sends", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const lobby = subscribeTopic(client, TOPIC);
    await connection.next();
    connection.send(refusal("RATE_LIMITED", { retry_after: 5 }));
    // Sent before the refusal can have been read, and answered after it.
    const echo = client.submit("echo");
    const { id } = await connection.next();
    connection.send({ type: "response", request_id: id as string, success: true, data: 1 });
    await echo.result();
    expect(lobby.state).toBe("subscribing");
    client.submit("later", {}, { id: "later" });
    await clock.advance(4_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toMatchObject({ type: "request", id: "later" });
    await answer(connection);
    await is(lobby, "subscribed");
  });

  test("by RATE_LIMITED that does not name the topic is waited out as well", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const lobby = subscribeTopic(client, TOPIC);
    await connection.next();
    connection.send({ type: "error", error: { ...errorBody("RATE_LIMITED"), details: { retry_after: 5 } } });
    const echo = client.submit("echo");
    const { id } = await connection.next();
    connection.send({ type: "response", request_id: id as string, success: true, data: 1 });
    await echo.result();
    await clock.advance(4_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    await answer(connection);
    await is(lobby, "subscribed");
  });

  test("by RATE_LIMITED for too many topics, which no waiting helps, is final", async () => {
    const { client, connection } = await setUpConnected();
    const lobby = subscribeTopic(client, TOPIC);
    await connection.next();
    connection.send(refusal("RATE_LIMITED", { limit: 50 }));
    await is(lobby, "refused");
    expect(lobby.error).toMatchObject({ code: "RATE_LIMITED", details: { limit: 50 } });
  });

  test("that will pass is tried again", async () => {
    const { client, connection } = await setUpConnected();
    const lobby = subscribeTopic(client, TOPIC);
    await connection.next();
    connection.send(refusal("SERVICE_UNAVAILABLE"));
    await connection.next();
    connection.sendText(GATEWAY_FRAME);
    await answer(connection);
    await is(lobby, "subscribed");
    expect(lobby.gaps).toBe(0);
  });

  test("of a server that does not know topics, which cannot name it, ends all that wait for an answer", async () => {
    const { client, connection } = await setUpConnected();
    const [lobby, attic] = [subscribeTopic(client, TOPIC), subscribeTopic(client, "rooms/attic")];
    await connection.next();
    await connection.next();
    connection.send({ type: "error", error: errorBody("INVALID_MESSAGE") });
    await Promise.all([is(lobby, "refused"), is(attic, "refused")]);
    expect(lobby.error?.code).toBe("INVALID_MESSAGE");
    expect(client.state).toBe("open");
  });

  test("takes a subscription away that was there", async () => {
    const { connection, lobby } = await setUpSubscribed();
    connection.send(refusal("SERVICE_UNAVAILABLE"));
    connection.send(refusal("FORBIDDEN"));
    await is(lobby, "refused");
    expect(lobby.error?.code).toBe("FORBIDDEN");
  });

  test("of a name that is none comes at once", async () => {
    const { client } = await setUp();
    expect(subscribeTopic(client, "no topic")).toMatchObject({ state: "refused", error: { code: "INVALID_MESSAGE" } });
    expect(client.state).toBe("idle");
  });
});

test("closing the client closes the handles, and ends who follows them with its error", async () => {
  const { client, server, lobby } = await setUpSubscribed();
  const following = lobby.events().next();
  const closed = client.close();
  await expect(following).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
  expect(lobby).toMatchObject({ state: "closed", error: { code: "SERVICE_UNAVAILABLE" } });
  await server.close();
  await closed;
  await lobby.unsubscribe();
  expect(subscribeTopic(client, TOPIC)).toMatchObject({ state: "closed", error: { code: "SERVICE_UNAVAILABLE" } });
});

test("events are typed: those of requests by themselves, those of the app by the topic's definition", () => {
  const schema: StandardSchemaV1<{ text: string }> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as never }) },
  };
  const room = defineTopic("rooms/*", { event: schema });
  const api = createClient<Actions>({ url: "ws://127.0.0.1:1", token: "t" });
  const typed = (client: StreamerClient) => ({
    own: subscribeTopic(api, "requests"),
    tenant: subscribeTopic(client, "tenant:requests"),
    app: subscribeTopic<EventOf<typeof room>>(api, "rooms/lobby"),
    any: subscribeTopic(api, "rooms/lobby"),
  });
  type Typed = ReturnType<typeof typed>;
  expectTypeOf<Typed["own"]>().toEqualTypeOf<TopicHandle<RequestTopicData>>();
  expectTypeOf<Typed["tenant"]>().toEqualTypeOf<TopicHandle<RequestTopicData>>();
  expectTypeOf<Typed["app"]>().toEqualTypeOf<TopicHandle<{ text: string }>>();
  expectTypeOf<Typed["any"]>().toEqualTypeOf<TopicHandle>();
  expect(api.$client).toBeInstanceOf(StreamerClient);
});
