import { GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { systemClock } from "@streamer/protocol";
import { createConnectionStore, createRequestStore, createSubscriptionStore, createUpdateStore, workShard } from "@streamer/server";
import { percentilesOf } from "../suite/percentile.ts";

/** What one call takes, in ms. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A verb of a store, beside the one call of the SDK that it is made of. */
export interface VerbLatency {
  readonly verb: string;
  readonly store: Latency;
  readonly sdkCall: string;
  readonly sdk: Latency;
}

/** The verbs in the order in which a request comes to them: each works on what the one before has left. */
export async function* measureVerbs(client: DynamoDBClient, tableName: string, times: number): AsyncGenerator<VerbLatency> {
  const table = { client, tableName };
  const connections = createConnectionStore(table, systemClock);
  const requests = createRequestStore(table, systemClock);
  const subscriptions = createSubscriptionStore(table);
  const updates = createUpdateStore(table);
  const raw = rawCalls(client, tableName);
  const ref = (index: number) => ({ tenantId: "acme", requestId: `r${index}` });
  const expiresAt = Math.floor(systemClock.now() / 1000) + 86_400;

  const verbs: readonly [verb: string, sdkCall: keyof typeof raw, run: (index: number) => Promise<unknown>][] = [
    ["connection.save", "PutItem", (index) => connections.save(connectionOf(index))],
    ["connection.touch", "UpdateItem", (index) => connections.touch(`c${index}`)],
    ["request.create", "PutItem", (index) => requests.create(requestOf(index))],
    ["request.get", "GetItem", (index) => requests.get(ref(index))],
    ["request.getConsistent", "GetItem", (index) => requests.getConsistent(ref(index))],
    ["request.listByUser, a page of 10", "Query", (index) => requests.listByUser("acme", `u${index % 10}`, { limit: 10 })],
    ["request.listDue, a page of 10", "Query", (index) => requests.listDue(workShard(`r${index}`), Number.MAX_SAFE_INTEGER, { limit: 10 })],
    ["request.claim", "UpdateItem", (index) => requests.claim(ref(index), 60_000)],
    [
      "request.heartbeat",
      "UpdateItem",
      (index) => requests.heartbeat(ref(index), 1, 60_000, { percentage: 30, message: "Querying", at: 1 }),
    ],
    ["subscription.put", "PutItem", (index) => subscriptions.put(ref(index), "c1", expiresAt)],
    ["subscription.listByRequest", "Query", (index) => subscriptions.listByRequest(ref(index))],
    ["update.put", "PutItem", (index) => updates.put(ref(index), chunkOf(index), expiresAt)],
    ["update.listAfter", "Query", (index) => updates.listAfter(ref(index), 0, 100)],
    ["request.complete", "UpdateItem", (index) => requests.complete(ref(index), 1, { body: '{"done":true}', files: {} }, undefined)],
  ];
  for (const [verb, sdkCall, run] of verbs) {
    const store: number[] = [];
    const sdk: number[] = [];
    // In turn, so that both have the same engine, with as much in it.
    for (let index = 0; index < times; index += 1) {
      store.push(await msOf(() => run(index)));
      sdk.push(await msOf(() => raw[sdkCall](`${verb}-${index}`)));
    }
    yield { verb, store: latencyOf(store), sdkCall, sdk: latencyOf(sdk) };
  }
}

function latencyOf(samples: readonly number[]): Latency {
  const { p50, p99 } = percentilesOf(samples);
  return { p50Ms: p50, p99Ms: p99 };
}

async function msOf(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

/** One call each, on items of a few attributes: what the network and the engine take, with nothing of ours. */
function rawCalls(client: DynamoDBClient, TableName: string) {
  const key = (id: string) => ({ pk: { S: `raw#${id}` }, sk: { S: "raw" } });
  return {
    PutItem: (id: string) => client.send(new PutItemCommand({ TableName, Item: { ...key(id), body: { S: "x".repeat(300) } } })),
    GetItem: (id: string) => client.send(new GetItemCommand({ TableName, Key: key(id) })),
    UpdateItem: (id: string) =>
      client.send(
        new UpdateItemCommand({ TableName, Key: key(id), UpdateExpression: "SET n = :n", ExpressionAttributeValues: { ":n": { N: "1" } } }),
      ),
    Query: (id: string) =>
      client.send(
        new QueryCommand({ TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": { S: `raw#${id}` } } }),
      ),
  };
}

function connectionOf(index: number) {
  return {
    connectionId: `c${index}`,
    tenantId: "acme",
    userId: `u${index % 10}`,
    permissions: ["reports:write"],
    endpoint: "api.example/prod",
    tokenExpiresAt: 4_000_000_000,
    userAgent: "bench",
    ipAddress: "127.0.0.1",
  };
}

function requestOf(index: number) {
  return {
    tenantId: "acme",
    requestId: `r${index}`,
    userId: `u${index % 10}`,
    connectionId: `c${index}`,
    action: "generate_report",
    payload: JSON.stringify({ text: "x".repeat(300) }),
    payloadHash: "0".repeat(64),
    metadata: undefined,
    correlationId: `k${index}`,
  };
}

function chunkOf(index: number) {
  return { type: "chunk", request_id: `r${index}`, sequence: 1_000_001, previous: 0, attempt: 1, data: ["x".repeat(200)] } as const;
}
