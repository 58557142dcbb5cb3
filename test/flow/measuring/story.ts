import { join } from "node:path";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { readEmbeddedMetrics } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { systemClock } from "@streamer/protocol";
import { createConnectionStore } from "@streamer/server";
import { vi } from "vitest";
import { connectWire, isTerminal } from "../../support/wireClient.ts";
import type { Frame, WireClient } from "../../support/wireClient.ts";
import type { Deed } from "../app/src/work/schemas.ts";
import { HOUR_MS, MINUTE_MS } from "../failing/failingStack.ts";
import type { FailingStack } from "../failing/failingStack.ts";

const TENANT = "acme";
const USER = "ada";
/** Longer than other tests wait: much happens here at a time. */
const WAIT = { timeout: 60_000, interval: 50 };

/** Lets everything happen that is measured, and waits until it has been. */
export async function liveThrough(failing: FailingStack): Promise<void> {
  const { stack, logs } = failing;
  const token = await stack.key.mint({ user: USER, tenant: TENANT, permissions: [], expiresIn: "1h" });
  const connect = (): Promise<WireClient> => connectWire(stack.websocketUrl, token);
  const measured = (name: string, functionName: string): Promise<unknown> =>
    vi.waitUntil(
      () =>
        logs.some(({ source, fields }) => source.startsWith(functionName) && readEmbeddedMetrics(fields).some((one) => one.name === name)),
      WAIT,
    );
  const submit = (wire: WireClient, action: string, deeds: readonly Deed[]): string => {
    const id = crypto.randomUUID();
    const [log, go] = [join(stack.dataDir, "story.jsonl"), join(stack.dataDir, `${id}.go`)];
    wire.send({ id, action, payload: { deeds, log, go } });
    return id;
  };
  const ended = (wire: WireClient, id: string): Promise<unknown> =>
    vi.waitUntil(() => wire.frames.some((frame) => frame["request_id"] === id && isTerminal(frame)), WAIT);
  const started = (id: string, attempt: number): Promise<unknown> =>
    vi.waitUntil(async () => {
      const request = await failing.requests.getConsistent({ tenantId: TENANT, requestId: id });
      return request?.status === "processing" && request.attempt === attempt;
    }, WAIT);
  const accepted = (wire: WireClient, id: string): Promise<unknown> =>
    wire.waitFor((frame) => frame["request_id"] === id && frame["type"] === "acknowledgment");

  await refusals(stack, connect);
  await outcomes(await connect());
  await lostThings(await connect());
  await failingPosts();
  await failingTable();

  /** Work of every end, heard of through a topic too. */
  async function outcomes(wire: WireClient): Promise<void> {
    wire.send({ type: "subscribe_topic", topic: "requests" });
    const ids = [
      submit(wire, "flaky", ["throws", "works"]),
      submit(wire, "flaky", ["gives up"]),
      submit(wire, "hasty", ["hangs", "works"]),
    ];
    const stopped = submit(wire, "stoppable", ["waits"]);
    await started(stopped, 1);
    wire.send({ type: "cancel", request_id: stopped });
    for (const id of [...ids, stopped]) await ended(wire, id);
    await measured("TopicMessages", "notifier");
    await wire.close();
  }

  /** Records that never come out of the stream, and workers that die: what the sweeper is for. */
  async function lostThings(wire: WireClient): Promise<void> {
    failing.rage({ record_dropped: 1 });
    const [late, forgotten] = [submit(wire, "flaky", ["works"]), submit(wire, "flaky", ["works"])];
    for (const id of [late, forgotten]) await accepted(wire, id);
    await failing.letTimePass({ tenantId: TENANT, requestId: late }, 2 * MINUTE_MS);
    await failing.letTimePass({ tenantId: TENANT, requestId: forgotten }, 25 * HOUR_MS);
    for (const id of [late, forgotten]) await ended(wire, id);
    failing.calm();
    const dying = submit(wire, "flaky", ["dies", "dies", "dies"]);
    for (const attempt of [1, 2, 3]) {
      await started(dying, attempt);
      await failing.letTimePass({ tenantId: TENANT, requestId: dying }, MINUTE_MS);
    }
    await ended(wire, dying);
    await wire.close();
  }

  /** A client that vanished, an API that refuses, an API that fails. */
  async function failingPosts(): Promise<void> {
    for (const [fault, names] of [
      ["post_gone", ["SendGone"]],
      ["post_throttled", ["SendThrottled"]],
      ["post_failed", ["SendUnavailable", "SendSkipped", "BreakerState"]],
    ] as const) {
      const wires = await Promise.all(Array.from({ length: 3 }, connect));
      for (const wire of wires) wire.send({ type: "subscribe_topic", topic: "requests" });
      for (const wire of wires) await wire.waitFor((frame) => frame["type"] === "subscribed_topic");
      failing.rage({ [fault]: 1 });
      for (const wire of wires) for (const deeds of [["throws", "throws", "works"], ["works"]] as const) submit(wire, "flaky", deeds);
      for (const name of names) await measured(name, "process_");
      if (fault === "post_failed") await measured("TopicMessagesLost", "notifier");
      failing.calm();
      for (const wire of wires) wire.drop();
    }
  }

  async function failingTable(): Promise<void> {
    failing.rage({ call_failed: 1 });
    await measured("SweepFailures", "sweeper");
    failing.calm();
    await failing.swept();
  }
}

/** What the doors are there for: bad tokens, bad frames, too many of them. */
async function refusals(stack: LocalStack, connect: () => Promise<WireClient>): Promise<void> {
  await connectWire(stack.websocketUrl, "no token of ours").catch(() => undefined);
  const wire = await connect();
  wire.send("not json");
  wire.send({ type: "authenticate", token: "no token of ours" });
  await wire.waitFor((frame) => codeOf(frame) === "UNAUTHORIZED");
  await fillRateWindows(stack);
  wire.send({ type: "ping" });
  await wire.waitFor((frame) => codeOf(frame) === "RATE_LIMITED");
  await wire.close();
}

function codeOf(frame: Frame): unknown {
  return (frame["error"] as { code?: unknown } | undefined)?.code;
}

/** As if each of the user's connections had just sent all that it may in ten seconds: a slow machine would not get so many through. */
async function fillRateWindows({ dynamodbEndpoint, tableName }: LocalStack): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: dynamodbEndpoint, region: "us-east-1", credentials });
  try {
    const { items } = await createConnectionStore({ client, tableName }, systemClock).listByUser(TENANT, USER);
    for (const { connectionId } of items) {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: `connection#${connectionId}` }, sk: { S: "connection" } },
          UpdateExpression: "SET rate_window_started_at = :now, rate_window_messages = :many",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":now": { N: String(systemClock.now()) }, ":many": { N: "1000" } },
        }),
      );
    }
  } finally {
    client.destroy();
  }
}
