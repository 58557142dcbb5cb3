import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { systemClock } from "@streamer/protocol";
import { createRequestStore, createUpdateStore, encodeKeyPart } from "@streamer/server";
import type { TestStack } from "../support/localStack.ts";
import { connectWire } from "../support/wireClient.ts";
import type { WireClient } from "../support/wireClient.ts";

export const VICTIM = { tenant: "globex", user: "vic" };
export const REPORT = { start_date: "2024-01-01", end_date: "2024-01-02", format: "csv" };
const SECRET = "what nobody else may learn";

/** Of the requests `<batch>.0` and `<batch>.1`. */
export const BATCH_ID = "is-batch";

/** A user with a request in every state, and what the table holds of them. */
export interface Victim {
  readonly requestIds: readonly string[];
  /** A request of `generate_report` that ran to its end. */
  readonly finishedReport: string;
  readonly client: WireClient;
  /** Everything stored of the requests: items, subscriptions, updates, results. */
  snapshot(): Promise<Readonly<Record<string, readonly Record<string, AttributeValue>[]>>>;
  close(): Promise<void>;
}

export async function createVictim(stack: TestStack): Promise<Victim> {
  const dynamodb = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const table = { client: dynamodb, tableName: stack.tableName };
  const requests = createRequestStore(table, systemClock);
  const updates = createUpdateStore(table);
  const client = await connectWire(stack.websocketUrl, await stack.token(VICTIM));

  /** Of an action that no rule takes: it stays as it is put. */
  const create = async (requestId: string) => {
    const { request } = await requests.create({
      tenantId: VICTIM.tenant,
      userId: VICTIM.user,
      requestId,
      connectionId: "the-victims-own",
      action: "of_no_app",
      payload: JSON.stringify({ secret: SECRET }),
      payloadHash: "hash",
      metadata: { secret: SECRET },
      correlationId: "c",
    });
    return request;
  };
  /** Running, with an update that can be replayed. */
  const start = async (requestId: string) => {
    const request = await create(requestId);
    await requests.claim(request, 600_000);
    const update = { type: "chunk", request_id: requestId, sequence: 1_000_001, previous: 0, attempt: 1, data: [SECRET] } as const;
    await updates.put(request, update, request.expiresAt);
    return request;
  };
  await create("is-pending");
  await start("is-processing");
  await requests.complete(await start("is-completed"), 1, { body: JSON.stringify({ secret: SECRET }), files: {} }, undefined);
  await requests.fail(await start("is-failed"), 1, { code: "PROCESSING_FAILED", details: { secret: SECRET } }, undefined);
  await requests.cancel(await create("is-cancelled"), SECRET);
  await create("is-batch.0");
  await start("is-batch.1");
  client.send({ id: "is-finished", action: "generate_report", payload: REPORT });
  await client.untilEnd("is-finished");

  const requestIds = [
    "is-pending",
    "is-processing",
    "is-completed",
    "is-failed",
    "is-cancelled",
    "is-finished",
    "is-batch.0",
    "is-batch.1",
  ];
  const itemsOf = async (requestId: string) => {
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName: stack.tableName,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: `request#${encodeKeyPart(VICTIM.tenant)}#${requestId}` } },
      }),
    );
    return [requestId, Items ?? []] as const;
  };
  return {
    requestIds,
    finishedReport: "is-finished",
    client,
    snapshot: async () => Object.fromEntries(await Promise.all(requestIds.map(itemsOf))),
    async close() {
      await client.close();
      dynamodb.destroy();
    },
  };
}
