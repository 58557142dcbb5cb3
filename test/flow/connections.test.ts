import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine } from "@streamer/local";
import { CONNECTION_TTL_SECONDS, systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { createConnectionStore, createSubscriptionStore } from "@streamer/server";
import type { Connection, ConnectionStore } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import { eventually } from "../support/eventually.ts";
import { FUNCTIONS_DIR } from "../support/localStack.ts";
import { connectWire } from "../support/wireClient.ts";
import type { WireClient } from "../support/wireClient.ts";

const REPORT = { start_date: "2024-01-01", end_date: "2024-01-31", format: "csv" };

/** The real clock, which can be put forward: what falls due on the way is run at once. */
interface MovableClock extends Clock {
  putForward(ms: number): void;
}

function createMovableClock(): MovableClock {
  const timers = new Set<{ readonly dueAt: number; readonly fire: () => void }>();
  let aheadMs = 0;
  const clock: MovableClock = {
    now: () => systemClock.now() + aheadMs,
    monotonic: () => systemClock.monotonic() + aheadMs,
    after(delayMs, run) {
      const fire = (): void => {
        timers.delete(timer);
        real.cancel();
        run();
      };
      const timer = { dueAt: clock.monotonic() + delayMs, fire };
      const real = systemClock.after(delayMs, fire);
      timers.add(timer);
      return {
        cancel: () => {
          timers.delete(timer);
          real.cancel();
        },
      };
    },
    putForward(ms) {
      aheadMs += ms;
      for (const timer of timers) if (timer.dueAt <= clock.monotonic()) timer.fire();
    },
  };
  return clock;
}

const clock = createMovableClock();
const logs: LogLine[] = [];
let dataDir: string;
let stack: LocalStack;
let client: DynamoDBClient;
let connections: ConnectionStore;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-connections-"));
  stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0, clock, log: (line) => logs.push(line) });
  // What the SDK finds on an operator's machine: the command line is told of a deployed stage, and nothing of this one.
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamodbEndpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  client = new DynamoDBClient({});
  connections = createConnectionStore({ client, tableName: stack.tableName }, clock);
});
afterAll(async () => {
  client.destroy();
  vi.unstubAllEnvs();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const connect = async (user: string): Promise<WireClient> =>
  connectWire(stack.websocketUrl, await stack.key.mint({ user, tenant: "acme", permissions: [], expiresIn: "1h" }));
const recordOf = (user: string): Promise<Connection> =>
  eventually(async () => (await connections.listByUser("acme", user)).items[0], `the connection of ${user} is recorded`);
const closedLog = (connectionId: string): Promise<LogLine> =>
  eventually(
    async () => logs.find((line) => line.message === "A connection was closed." && line.fields["connection_id"] === connectionId),
    "the end of the connection is logged",
  );
/** A record that no socket belongs to: the `$disconnect` of its connection never came. */
const leftBehind = (connectionId: string, userId = "ghost"): Promise<void> =>
  connections.save({
    connectionId,
    tenantId: "acme",
    userId,
    permissions: [],
    endpoint: "api.example/local",
    tokenExpiresAt: 2_000_000_000,
    userAgent: undefined,
    ipAddress: undefined,
  });
const streamer = (...args: readonly string[]) =>
  runStreamer(["connections", ...args, "--table", stack.tableName, "--management-endpoint", stack.managementEndpoint]);

describe("the counts of a connection", () => {
  it("are every frame it sent and got: answers, an acknowledgment, progress, the end (S-058, S-079…S-082)", async () => {
    const socket = await connect("counted");
    const { connectionId, connectedAt } = await recordOf("counted");
    socket.send({ type: "ping" });
    socket.send("not json");
    socket.send({ id: "e1", action: "echo", payload: { message: "x" } });
    socket.send({ id: "counted-1", action: "generate_report", payload: REPORT });
    await socket.untilEnd("counted-1");
    await eventually(
      async () => ((await connections.get(connectionId))?.messagesSent === socket.frames.length ? true : undefined),
      "what was posted is counted",
    );
    await socket.close();
    const { fields } = await closedLog(connectionId);
    expect(fields).toMatchObject({
      connection_id: connectionId,
      user_id: "counted",
      tenant_id: "acme",
      messages_received: 4,
      messages_sent: socket.frames.length,
      subscriptions_removed: 0,
    });
    expect(socket.frames.length).toBeGreaterThan(8);
    const endedAt = Date.parse(String(fields["disconnect_time"]));
    expect(new Date(endedAt).toISOString()).toBe(fields["disconnect_time"]);
    expect(fields["duration_seconds"]).toBe(Math.round((endedAt - connectedAt) / 1000));
  });

  it("are in the log, too, of a client that leaves while its work goes on", async () => {
    const socket = await connect("leaver");
    const { connectionId } = await recordOf("leaver");
    socket.send({ id: "leaver-1", action: "generate_report", payload: REPORT });
    await socket.waitFor((frame) => frame["type"] === "progress");
    await socket.close();
    await closedLog(connectionId);
    // Whether the attempt or the connection ended first: every line of the connection tells a part.
    const lines = (): readonly LogLine[] =>
      logs.filter(({ fields }) => fields["connection_id"] === connectionId && fields["messages_sent"] !== undefined);
    const sum = (): number => lines().reduce((total, { fields }) => total + Number(fields["messages_sent"]), 0);
    // At least: a post may have been on its way when the client left.
    await eventually(async () => (sum() >= socket.frames.length ? true : undefined), "all that was sent is in the log");
    expect(await connections.get(connectionId)).toBeUndefined();
  });
});

describe("a connection whose $disconnect never came", () => {
  it("is removed by the first message that is sent to it, and the work does not mind", async () => {
    await leftBehind("ghost-410");
    await createSubscriptionStore({ client, tableName: stack.tableName }).put(
      { tenantId: "acme", requestId: "watched-by-a-ghost" },
      "ghost-410",
      2_000_000_000,
    );
    const socket = await connect("watched");
    socket.send({ id: "watched-by-a-ghost", action: "generate_report", payload: REPORT });
    expect((await socket.untilEnd("watched-by-a-ghost")).at(-1)).toMatchObject({ type: "complete" });
    expect(await connections.get("ghost-410")).toBeUndefined();
    await socket.close();
  });

  it("is listed as stale, only when it is asked for, and looking removes nothing", async () => {
    await leftBehind("ghost-listed", "lister");
    const socket = await connect("lister");
    await eventually(
      async () => ((await connections.listByUser("acme", "lister")).items.length === 2 ? true : undefined),
      "both are there",
    );
    const of = ["--tenant", "acme", "--user", "lister", "--json"];
    const ids = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await streamer("list", ...of, ...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return (JSON.parse(stdout) as { connection_id: string; status?: string }[]).map((one) => [one.connection_id, one.status]);
    };
    expect(await ids("--status", "stale")).toEqual([["ghost-listed", "stale"]]);
    expect(await ids("--status", "open")).toEqual([[expect.not.stringMatching("ghost") as string, "open"]]);
    expect(await ids()).toHaveLength(2);
    expect(await connections.get("ghost-listed")).toBeDefined();
    const ended = await streamer("disconnect", "ghost-listed", "--json");
    expect(JSON.parse(ended.stdout)).toEqual([{ connection_id: "ghost-listed", tenant_id: "acme", user_id: "lister", outcome: "stale" }]);
    expect(await ids()).toHaveLength(1);
    await socket.close();
  });

  it("is invisible from the moment its TTL is over, and deleted soon after (S-011, S-012)", async () => {
    await leftBehind("ghost-ttl", "forgotten");
    expect(await connections.get("ghost-ttl")).toBeDefined();
    const inTable = async (): Promise<boolean> => {
      const Key = { pk: { S: "connection#ghost-ttl" }, sk: { S: "connection" } };
      return (await client.send(new GetItemCommand({ TableName: stack.tableName, Key, ConsistentRead: true }))).Item !== undefined;
    };
    clock.putForward(CONNECTION_TTL_SECONDS * 1000);
    const seen = await Promise.all([
      connections.get("ghost-ttl"),
      connections.listByUser("acme", "forgotten"),
      connections.listByTenant("acme"),
      connections.scan(),
    ]);
    expect(JSON.stringify(seen)).not.toContain("ghost-ttl");
    // The expirer has been due since the clock was put forward; it may have to be due once more, when it ran at that very moment.
    await eventually(async () => {
      clock.putForward(60_000);
      return (await inTable()) ? undefined : true;
    }, "the item is deleted");
  });
});
