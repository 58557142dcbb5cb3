import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createClient, subscribeTopic } from "@streamer/client";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { REQUESTS_READ, systemClock } from "@streamer/protocol";
import type { EventOf, TopicMember } from "@streamer/protocol";
import { createTopicStore, topicKey } from "@streamer/server";
import type { TopicStore } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { connectWire } from "../support/wireClient.ts";
import type { Frame, WireClient } from "../support/wireClient.ts";
import { WAIT } from "./failing/failingStack.ts";
import type { actions } from "./manyApp/src/actions/index.ts";
import type { room } from "./manyApp/src/topics.ts";

let dataDir: string;
let stack: LocalStack;
let dynamodb: DynamoDBClient;
let store: TopicStore;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-topics-"));
  stack = await startLocalStack({ functionsDir: resolve(import.meta.dirname, "manyApp"), dataDir, port: 0 });
  dynamodb = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  store = createTopicStore({ client: dynamodb, tableName: stack.tableName }, systemClock);
});
afterAll(async () => {
  dynamodb.destroy();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const newTenant = (): string => `tenant-${crypto.randomUUID()}`;
const newId = (): string => crypto.randomUUID();
const mint = (user: string, tenant: string, permissions: readonly string[] = []): Promise<string> =>
  stack.key.mint({ user, tenant, permissions, expiresIn: "1h" });

async function connect(user: string, tenant: string, permissions?: readonly string[]): Promise<WireClient> {
  const wire = await connectWire(stack.websocketUrl, await mint(user, tenant, permissions));
  onTestFinished(() => wire.close());
  return wire;
}

/** Subscribes, and gives the server's answer. */
async function hear(wire: WireClient, topic: string): Promise<Frame> {
  const before = new Set(wire.frames);
  wire.send({ type: "subscribe_topic", topic });
  return wire.waitFor(
    (frame) => !before.has(frame) && frame["topic"] === topic && (frame["type"] === "subscribed_topic" || frame["type"] === "error"),
  );
}

interface Event {
  readonly id: string;
  readonly data: unknown;
}

/** What was heard of a topic so far, each event once. */
function heard(wire: WireClient, topic: string): readonly unknown[] {
  const frames = wire.frames.filter((frame) => frame["type"] === "event" && frame["topic"] === topic);
  const events = frames.flatMap((frame) => frame["events"] as readonly Event[]);
  return [...new Map(events.map(({ id, data }) => [id, data])).values()];
}

const until = (holds: () => boolean | Promise<boolean>): Promise<boolean> => vi.waitUntil(holds, WAIT);

/** Resolves when the connection has heard of the request's end. */
const heardEnd = (wire: WireClient, topic: string, requestId: string): Promise<boolean> =>
  until(() => heard(wire, topic).some((data) => (data as Frame)["request_id"] === requestId && (data as Frame)["status"] === "completed"));

const of = (requestId: string, user: string, status: string, attempt: number) => ({
  request_id: requestId,
  action: "compose",
  user_id: user,
  status,
  attempt,
});

describe("the topic of one's own requests", () => {
  it("tells every tab of the user how the requests stand, whichever sent them, and nobody else", async () => {
    const tenant = newTenant();
    const [one, two, bob] = await Promise.all([connect("ada", tenant), connect("ada", tenant), connect("bob", tenant)]);
    for (const wire of [one, two, bob]) await hear(wire, "requests");
    const [adas, bobs] = [newId(), newId()];
    one.send({ id: adas, action: "compose", payload: { room: "r", text: "hello" } });
    await Promise.all([heardEnd(one, "requests", adas), heardEnd(two, "requests", adas)]);
    // What was told before is there when this is.
    bob.send({ id: bobs, action: "compose", payload: { room: "r", text: "hello" } });
    await heardEnd(bob, "requests", bobs);
    for (const wire of [one, two]) {
      await until(() => heard(wire, "requests").length === 2);
      expect(heard(wire, "requests")).toEqual(
        expect.arrayContaining([of(adas, "ada", "pending", 0), of(adas, "ada", "completed", 1)]) as unknown,
      );
    }
    expect(heard(bob, "requests").map((data) => (data as Frame)["request_id"])).not.toContain(adas);
  });
});

describe("the topic of the tenant's requests", () => {
  it("is refused without requests:read, and nothing is heard", async () => {
    const ada = await connect("ada", newTenant());
    expect(await hear(ada, "tenant:requests")).toMatchObject({ type: "error", topic: "tenant:requests", error: { code: "FORBIDDEN" } });
    await hear(ada, "requests");
    const id = newId();
    ada.send({ id, action: "compose", payload: { room: "r", text: "hello" } });
    await heardEnd(ada, "requests", id);
    expect(heard(ada, "tenant:requests")).toEqual([]);
  });

  it("tells who has it of the requests of all users, and of no other tenant", async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const [reader, stranger] = await Promise.all([connect("eve", tenant, [REQUESTS_READ]), connect("eve", other, [REQUESTS_READ])]);
    for (const wire of [reader, stranger]) expect(await hear(wire, "tenant:requests")).toMatchObject({ type: "subscribed_topic" });
    const ids = new Map<string, string>();
    for (const user of ["ada", "bob"]) {
      const wire = await connect(user, tenant);
      ids.set(user, newId());
      wire.send({ id: ids.get(user), action: "compose", payload: { room: "r", text: "hello" } });
    }
    for (const [user, id] of ids) {
      await heardEnd(reader, "tenant:requests", id);
      expect(heard(reader, "tenant:requests")).toContainEqual(of(id, user, "completed", 1));
    }
    const own = newId();
    stranger.send({ id: own, action: "compose", payload: { room: "r", text: "hello" } });
    await heardEnd(stranger, "tenant:requests", own);
    expect(new Set(heard(stranger, "tenant:requests").map((data) => (data as Frame)["request_id"]))).toEqual(new Set([own]));
  });
});

describe("a topic of the app", () => {
  it("is heard by who subscribed, published by a handler at once and by a processor", async () => {
    const tenant = newTenant();
    const [ada, bob, outside] = await Promise.all([connect("ada", tenant), connect("bob", tenant), connect("cy", tenant)]);
    await hear(ada, "rooms/lobby");
    await hear(bob, "rooms/lobby");
    await hear(outside, "rooms/cellar");
    ada.send({ id: newId(), action: "post", payload: { room: "lobby", text: "from a handler" } });
    ada.send({ id: newId(), action: "compose", payload: { room: "lobby", text: "from a processor" } });
    for (const wire of [ada, bob]) {
      await until(() => heard(wire, "rooms/lobby").length === 2);
      expect(heard(wire, "rooms/lobby")).toEqual(
        expect.arrayContaining([{ text: "from a handler" }, { text: "from a processor" }]) as unknown,
      );
    }
    expect(heard(outside, "rooms/lobby")).toEqual([]);
    bob.send({ type: "unsubscribe_topic", topic: "rooms/lobby" });
    await bob.waitFor((frame) => frame["type"] === "unsubscribed_topic");
    ada.send({ id: newId(), action: "post", payload: { room: "lobby", text: "bob is gone" } });
    await until(() => heard(ada, "rooms/lobby").length === 3);
    expect(heard(bob, "rooms/lobby")).toHaveLength(2);
  });

  it("is heard through the client, by the type of its events", async () => {
    const token = await mint("ada", newTenant());
    const api = createClient<typeof actions>({ url: stack.websocketUrl, token });
    onTestFinished(() => api.$client.close());
    const lobby = subscribeTopic<EventOf<typeof room>>(api, "rooms/lobby");
    const events = lobby.events();
    await until(() => lobby.state === "subscribed");
    expect(await api.post.submit({ room: "lobby", text: "hello" }).result()).toEqual({ posted: "rooms/lobby" });
    expect((await events.next()).value).toMatchObject({ data: { text: "hello" } });
    expect(lobby.members).toMatchObject([{ userId: "ada" }]);
  });

  it("is refused to who lacks its permission, and there is no other", async () => {
    const tenant = newTenant();
    const ada = await connect("ada", tenant);
    const chief = await connect("cy", tenant, ["staff:hear"]);
    expect(await hear(ada, "staff")).toMatchObject({ type: "error", error: { code: "FORBIDDEN" } });
    expect(await hear(ada, "kitchen")).toMatchObject({ type: "error", error: { code: "NOT_FOUND" } });
    await hear(chief, "staff");
    ada.send({ id: newId(), action: "post", payload: { text: "who may post is the handler's to say" } });
    await until(() => heard(chief, "staff").length === 1);
    expect(heard(ada, "staff")).toEqual([]);
  });

  it("is another one in each tenant, whatever it is called", async () => {
    const [acme, globex] = [newTenant(), newTenant()];
    const [ada, eve] = await Promise.all([connect("ada", acme), connect("ada", globex)]);
    const membersOf = async (wire: WireClient) => (await hear(wire, "rooms/lobby"))["members"] as readonly TopicMember[];
    const [adas, eves] = [await membersOf(ada), await membersOf(eve)];
    expect([adas.length, eves.length]).toEqual([1, 1]);
    ada.send({ id: newId(), action: "post", payload: { room: "lobby", text: "acme's" } });
    await until(() => heard(ada, "rooms/lobby").length === 1);
    eve.send({ id: newId(), action: "post", payload: { room: "lobby", text: "globex's" } });
    await until(() => heard(eve, "rooms/lobby").length === 1);
    expect(heard(ada, "rooms/lobby")).toEqual([{ text: "acme's" }]);
    expect(heard(eve, "rooms/lobby")).toEqual([{ text: "globex's" }]);
    expect(changes(ada, "joined")).not.toContainEqual(eves[0]);
    expect(changes(eve, "joined")).not.toContainEqual(adas[0]);
  });
});

/** Who came to the lobby, or left it, as a connection was told. */
function changes(wire: WireClient, which: "joined" | "left"): readonly unknown[] {
  const frames = wire.frames.filter((frame) => frame["type"] === "presence" && frame["topic"] === "rooms/lobby");
  return frames.flatMap((frame) => frame[which] as readonly unknown[]);
}

describe("who is there", () => {
  const userOf = (member: unknown): string => (member as TopicMember).user_id;

  it("is told to who comes, and to who is there: of those who come, leave, close and break off", async () => {
    const tenant = newTenant();
    const ada = await connect("ada", tenant);
    expect(await hear(ada, "rooms/lobby")).toMatchObject({ members: [{ user_id: "ada" }] });
    const [leaves, closes, breaks] = await Promise.all(["lea", "cloe", "brad"].map((user) => connect(user, tenant)));
    if (leaves === undefined || closes === undefined || breaks === undefined) throw new Error("Three connections were opened.");
    const ids = new Map<string, string>();
    for (const [user, wire] of [["lea", leaves] as const, ["cloe", closes] as const, ["brad", breaks] as const]) {
      const { members } = (await hear(wire, "rooms/lobby")) as { members?: readonly TopicMember[] };
      ids.set(user, members?.find((member) => member.user_id === user)?.connection_id ?? "");
      expect(members?.map(userOf)).toEqual(expect.arrayContaining(["ada", user]) as unknown);
      await until(() => changes(ada, "joined").map(userOf).includes(user));
    }
    const left = (user: string): Promise<boolean> => until(() => changes(ada, "left").includes(ids.get(user)));
    leaves.send({ type: "unsubscribe_topic", topic: "rooms/lobby" });
    await left("lea");
    await closes.close();
    await left("cloe");
    breaks.drop();
    await left("brad");
    // And the one that is still there was never told of as gone.
    const again = await hear(ada, "rooms/lobby");
    expect((again["members"] as readonly TopicMember[]).map(userOf)).toEqual(["ada"]);
    expect(changes(ada, "left")).toHaveLength(3);
  });

  it("is no list of the dead: a connection's end takes its subscriptions out of the table", async () => {
    const tenant = newTenant();
    const [stays, goes] = await Promise.all([connect("ada", tenant), connect("ada", tenant)]);
    const topics = ["rooms/lobby", "rooms/cellar", "requests"];
    for (const topic of topics) {
      await hear(stays, topic);
      await hear(goes, topic);
    }
    const subscribers = (topic: string) => store.listByTopic({ tenantId: tenant, key: topicKey(topic, "ada") });
    for (const topic of topics) expect((await subscribers(topic)).items).toHaveLength(2);
    goes.drop();
    for (const topic of topics) await until(async () => (await subscribers(topic)).items.length === 1);
    stays.send({ id: newId(), action: "post", payload: { room: "cellar", text: "still here" } });
    await until(() => heard(stays, "rooms/cellar").length === 1);
  });
});
