import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { systemClock } from "@streamer/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { createEventBus } from "../bus/eventBus.ts";
import { startEventsEndpoint } from "../bus/eventsEndpoint.ts";
import { queueUrlAt } from "../stack/functionEnv.ts";
import { startStorage } from "../storage/storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { ChaosEngine } from "./engine.ts";
import { startFaultyProxy } from "./faultyProxy.ts";
import { engineOf, silent } from "./testing/testEngine.ts";
import type { FaultRates } from "./types.ts";

const TableName = `chaos-${crypto.randomUUID()}`;
const settings = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const dynamodbEndpoint = inject("dynamodbEndpoint");
const direct = new DynamoDBClient({ ...settings, endpoint: dynamodbEndpoint });
/** The SDK's name for a connection that ended without an answer. */
const HUNG_UP = { name: "TimeoutError" };
const ended: (() => unknown)[] = [];
let storage: Storage;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-chaos-"));
  storage = await startStorage({ dataDir });
  await direct.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    }),
  );
});
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});
afterAll(async () => {
  direct.destroy();
  await storage.stop();
  await rm(dataDir, { recursive: true });
});

/** An engine behind a proxy that does what the rates say. */
async function behind(target: string, rates: Partial<FaultRates>, seed = 1): Promise<{ endpoint: string; chaos: ChaosEngine["chaos"] }> {
  const engine = engineOf(rates, { seed });
  const proxy = await startFaultyProxy(target, engine);
  ended.push(() => proxy.stop());
  return { endpoint: proxy.endpoint, chaos: engine.chaos };
}

function closing<Client extends { destroy(): void }>(client: Client): Client {
  ended.push(() => client.destroy());
  return client;
}

async function tableBehind(rates: Partial<FaultRates>, { maxAttempts = 1, seed = 1 } = {}) {
  const { endpoint, chaos } = await behind(dynamodbEndpoint, rates, seed);
  const client = closing(new DynamoDBClient({ ...settings, endpoint, maxAttempts }));
  const put = (pk: string): Promise<unknown> =>
    client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk } }, ConditionExpression: "attribute_not_exists(pk)" }));
  return { client, chaos, put };
}

async function isStored(pk: string): Promise<boolean> {
  return (await direct.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }))).Item !== undefined;
}

/** The names of what many calls throw. */
async function namesOf(times: number, call: (n: number) => Promise<unknown>): Promise<readonly string[]> {
  const names = await Promise.all(
    Array.from({ length: times }, (_, n) =>
      call(n).then(
        () => "none",
        (error: unknown) => (error instanceof Error ? error.name : "?"),
      ),
    ),
  );
  return [...new Set(names)].toSorted();
}

describe("DynamoDB behind the proxy", () => {
  test("without faults everything passes, the engine's own refusals too", async () => {
    const { put, client, chaos } = await tableBehind({});
    await put("calm");
    await expect(put("calm")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: "calm" } } }));
    expect(Item).toEqual({ pk: { S: "calm" } });
    expect(Object.values(chaos.counts).every((count) => count === 0)).toBe(true);
  });

  test("a throttled call fails by one of DynamoDB's two names for it, and the engine never sees it", async () => {
    const { put, chaos } = await tableBehind({ call_throttled: 1 });
    expect(await namesOf(20, (n) => put(`throttled-${n}`))).toEqual(["ProvisionedThroughputExceededException", "ThrottlingException"]);
    expect(await isStored("throttled-0")).toBe(false);
    expect(chaos.counts.call_throttled).toBe(20);
  });

  test("a failed call ends in a 500 or a hang-up, and the engine never sees it", async () => {
    const { put } = await tableBehind({ call_failed: 1 });
    expect(await namesOf(20, (n) => put(`failed-${n}`))).toEqual(["InternalServerError", "TimeoutError"]);
    for (let n = 0; n < 20; n += 1) expect(await isStored(`failed-${n}`)).toBe(false);
  });

  test("a lost answer is of a call that was done", async () => {
    const { put } = await tableBehind({ answer_lost: 1 });
    await expect(put("answer-lost")).rejects.toMatchObject(HUNG_UP);
    expect(await isStored("answer-lost")).toBe(true);
  });

  test("an answer lost once is a condition failed at the SDK's next attempt", async () => {
    const { put, chaos } = await tableBehind({ answer_lost: 1 }, { maxAttempts: 3 });
    const outcomes = await namesOf(40, (n) => put(`again-${n}`));
    // Of those that are struck once the second attempt finds its own write; the bursts are struck at each attempt.
    expect(outcomes).toEqual(["ConditionalCheckFailedException", "TimeoutError"]);
    expect(chaos.counts.answer_lost).toBeGreaterThan(40);
  });

  test("the SDK's own attempts hide most throttles, and some get through", async () => {
    const { put, chaos } = await tableBehind({ call_throttled: 1 }, { maxAttempts: 3 });
    const outcomes = await namesOf(40, (n) => put(`burst-${n}`));
    expect(outcomes).toContain("none");
    expect(outcomes.some((name) => name !== "none")).toBe(true);
    expect(chaos.counts.call_throttled).toBeGreaterThan(40);
  });

  test("calm stops all faults", async () => {
    const { put, chaos } = await tableBehind({ call_throttled: 0.4, call_failed: 0.4, answer_lost: 0.4 });
    chaos.calm();
    expect(await namesOf(20, (n) => put(`after-${n}`))).toEqual(["none"]);
  });

  test("the same seed strikes the same items, however the calls interleave", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `same-${n}`);
    const struckIn = async (order: readonly string[]): Promise<readonly string[]> => {
      const { client } = await tableBehind({ call_throttled: 0.5 }, { seed: 9 });
      const get = (pk: string) => client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }));
      const outcomes = await Promise.allSettled(order.map(get));
      return order.filter((_, at) => outcomes[at]?.status === "rejected").toSorted();
    };
    const first = await struckIn(names);
    expect(await struckIn(names.toReversed())).toEqual(first);
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(20);
  });
});

describe("the other services behind the proxy", () => {
  test("SQS throttles and loses answers in its own protocol", async () => {
    const wiring = { name: "chaos", deadLetterName: "chaos_dead", visibilityTimeoutMs: 30_000, maxReceiveCount: 3, batchSize: 1 as const };
    const { url } = await storage.createQueue(wiring);
    const engineClient = closing(new SQSClient({ ...settings, endpoint: storage.sqsEndpoint }));
    const count = async (): Promise<string | undefined> =>
      (await engineClient.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] })))
        .Attributes?.["ApproximateNumberOfMessages"];
    const send = async (rates: Partial<FaultRates>): Promise<unknown> => {
      const { endpoint } = await behind(storage.sqsEndpoint, rates);
      // As in a function, where the SDK learns of the endpoint by its variable: it then sends to where the queue's URL points.
      vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint);
      ended.push(() => vi.unstubAllEnvs());
      const sqs = closing(new SQSClient({ ...settings, maxAttempts: 1 }));
      return sqs.send(new SendMessageCommand({ QueueUrl: queueUrlAt(endpoint, url), MessageBody: "{}" }));
    };
    await expect(send({ call_throttled: 1 })).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(await count()).toBe("0");
    await expect(send({ answer_lost: 1 })).rejects.toMatchObject(HUNG_UP);
    expect(await count()).toBe("1");
    await send({});
    expect(await count()).toBe("2");
  });

  test("S3 throttles in XML; a presigned URL's user, who is no SDK client, is left alone", async () => {
    await storage.createBucket("chaos-bucket");
    const { endpoint } = await behind(storage.s3Endpoint, { call_throttled: 1 });
    const s3 = closing(new S3Client({ ...settings, endpoint, maxAttempts: 1 }));
    const object = { Bucket: "chaos-bucket", Key: "results/r1" };
    await expect(s3.send(new PutObjectCommand({ ...object, Body: "x" }))).rejects.toMatchObject({ name: "SlowDown" });
    const calm = closing(new S3Client({ ...settings, endpoint: (await behind(storage.s3Endpoint, {})).endpoint }));
    await calm.send(new PutObjectCommand({ ...object, Body: "a result" }));
    const stored = await calm.send(new GetObjectCommand(object));
    expect(await stored.Body?.transformToString()).toBe("a result");
    const answer = await fetch(await getSignedUrl(s3, new GetObjectCommand(object)));
    expect(await answer.text()).toBe("a result");
  });

  test("EventBridge fails in its own protocol", async () => {
    const bus = createEventBus(
      { rules: [], account: "000000000000", region: "us-east-1" },
      { clock: systemClock, newId: () => crypto.randomUUID(), logger: silent },
    );
    const events = await startEventsEndpoint({ bus });
    ended.push(() => events.close());
    const entry = { Source: "a", DetailType: "b", Detail: "{}" };
    const put = async (rates: Partial<FaultRates>): Promise<unknown> => {
      const { endpoint } = await behind(events.endpoint, rates);
      return closing(new EventBridgeClient({ ...settings, endpoint, maxAttempts: 1 })).send(new PutEventsCommand({ Entries: [entry] }));
    };
    await expect(put({ call_throttled: 1 })).rejects.toMatchObject({ name: "ThrottlingException" });
    await expect(put({})).resolves.toMatchObject({ FailedEntryCount: 0 });
  });

  test("an engine that is gone looks gone", async () => {
    const { endpoint } = await behind("http://127.0.0.1:1", {});
    const client = closing(new DynamoDBClient({ ...settings, endpoint, maxAttempts: 1 }));
    await expect(client.send(new GetItemCommand({ TableName, Key: { pk: { S: "x" } } }))).rejects.toMatchObject(HUNG_UP);
  });
});
