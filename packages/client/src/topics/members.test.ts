import type { ServerMessage } from "@streamer/protocol";
import { MAX_TOPIC_MEMBERS } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { setUpConnected } from "../testing/setup.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { membersByUser } from "./members.ts";
import { subscribeTopic } from "./subscribeTopic.ts";
import type { TopicHandle } from "./types.ts";

const TOPIC = "rooms/lobby";

function member(connection: string, since: number, user = `user of ${connection}`) {
  return { connection_id: connection, user_id: user, since };
}

function presence(joined: readonly ReturnType<typeof member>[], left: readonly string[] = []): ServerMessage {
  return { type: "presence", topic: TOPIC, joined: [...joined], left: [...left] };
}

const ids = ({ members }: TopicHandle): readonly string[] | undefined => members?.map(({ connectionId }) => connectionId);

/** Waits until all that was sent so far has been read. */
async function read(connection: ScriptedConnection, lobby: TopicHandle): Promise<void> {
  const events = lobby.events();
  connection.send({ type: "event", topic: TOPIC, events: [{ id: crypto.randomUUID(), data: 0, timestamp: 1 }] });
  await events.next();
  await events.return?.();
}

async function setUpAsked() {
  const setup = await setUpConnected();
  const lobby = subscribeTopic(setup.client, TOPIC);
  await setup.connection.next();
  return { ...setup, lobby };
}

describe("the members of a topic", () => {
  test("are those of the server's list, with who came and without who left since, in the order in which they came", async () => {
    const { connection, lobby } = await setUpAsked();
    connection.send({ type: "subscribed_topic", topic: TOPIC, members: [member("c2", 20), member("c1", 10)] });
    await read(connection, lobby);
    expect(lobby.members).toEqual([
      { connectionId: "c1", userId: "user of c1", since: 10 },
      { connectionId: "c2", userId: "user of c2", since: 20 },
    ]);
    const before = lobby.members;
    expect(lobby.members).toBe(before);
    let changes = 0;
    lobby.onChange(() => (changes += 1));
    connection.send(presence([member("c3", 30)], ["c1"]));
    connection.send(presence([member("c3", 30)]));
    await read(connection, lobby);
    expect(ids(lobby)).toEqual(["c2", "c3"]);
    expect(changes).toBe(2);
  });

  test("are right although who comes and leaves is told before the list, which may be older", async () => {
    const { server, connection, lobby } = await setUpAsked();
    connection.send(presence([member("c3", 30)], ["c2"]));
    await read(connection, lobby);
    expect(lobby.members).toBeUndefined();
    connection.send({ type: "subscribed_topic", topic: TOPIC, members: [member("c1", 10), member("c2", 20)] });
    await read(connection, lobby);
    expect(ids(lobby)).toEqual(["c1", "c3"]);
    connection.drop();
    const next = await server.accept();
    await next.next();
    next.send({ type: "subscribed_topic", topic: TOPIC, members: [member("c2", 20)] });
    await read(next, lobby);
    expect(ids(lobby)).toEqual(["c2"]);
  });

  test("are not known any more once it was unsubscribed, to those who come back to it", async () => {
    const { client, connection, lobby } = await setUpAsked();
    connection.send({ type: "subscribed_topic", topic: TOPIC, members: [member("c1", 10)] });
    await read(connection, lobby);
    const left = lobby.unsubscribe();
    await connection.next();
    const again = subscribeTopic(client, TOPIC);
    connection.send({ type: "unsubscribed_topic", topic: TOPIC });
    await left;
    await connection.next();
    expect(again.members).toBeUndefined();
  });

  test("are replaced by the list of the next connection, and stay shown until then", async () => {
    const { server, connection, lobby } = await setUpAsked();
    connection.send({ type: "subscribed_topic", topic: TOPIC, members: [member("c1", 10), member("c2", 20)] });
    await read(connection, lobby);
    connection.drop();
    const next = await server.accept();
    await next.next();
    expect(ids(lobby)).toEqual(["c1", "c2"]);
    next.send({ type: "subscribed_topic", topic: TOPIC, members: [member("c4", 40)] });
    await read(next, lobby);
    expect(ids(lobby)).toEqual(["c4"]);
  });

  test("are undefined of a topic without presence", async () => {
    const { connection, lobby } = await setUpAsked();
    connection.send({ type: "subscribed_topic", topic: TOPIC });
    connection.send(presence([member("c1", 10)]));
    await read(connection, lobby);
    expect([lobby.members, lobby.moreMembers]).toEqual([undefined, 0]);
  });

  test("beyond 200 are counted only", async () => {
    const { connection, lobby } = await setUpAsked();
    const members = Array.from({ length: MAX_TOPIC_MEMBERS }, (_, n) => member(`c${n}`, n));
    connection.send({ type: "subscribed_topic", topic: TOPIC, members, more: 2 });
    connection.send(presence([member("new", 999)]));
    await read(connection, lobby);
    expect([lobby.members?.length, lobby.moreMembers]).toEqual([200, 3]);
    connection.send(presence([], ["new", "c5"]));
    await read(connection, lobby);
    expect([lobby.members?.length, lobby.moreMembers]).toEqual([199, 2]);
  });
});

test("a user with two tabs is one", () => {
  const tab = (connectionId: string, userId: string, since: number) => ({ connectionId, userId, since });
  expect(membersByUser([tab("c1", "ada", 10), tab("c2", "bob", 20), tab("c3", "ada", 5)])).toEqual([
    { userId: "ada", since: 5, connectionIds: ["c1", "c3"] },
    { userId: "bob", since: 20, connectionIds: ["c2"] },
  ]);
  expect(membersByUser(undefined)).toEqual([]);
});
