import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { encodeKeyPart } from "@streamer/server";
import type { RequestRef } from "@streamer/server";

const TRIES = 20;
/** What a request's time is told by, beside `queued_at`: ms since 1970. */
const TIMES = ["lease_expires_at", "retry_at", "due_at", "started_at"] as const;

/**
 * Makes a request as old as if so many ms more had passed: all its times are put back. What the sweeper and the claim see is what they
 * would see then. The messages in the queues do not get older.
 */
export async function letTimePass(client: DynamoDBClient, tableName: string, ref: RequestRef, ms: number): Promise<void> {
  const Key = { pk: { S: `request#${encodeKeyPart(ref.tenantId)}#${ref.requestId}` }, sk: { S: "request" } };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
    if (item?.["due_at"] === undefined) throw new Error(`Request ${ref.requestId} is not open: no time can pass for it.`);
    if (await putBack(client, tableName, Key, item, ms)) return;
  }
  throw new Error(`Request ${ref.requestId} changed ${TRIES} times while its times were put back.`);
}

/** False when the request went on meanwhile. */
async function putBack(
  client: DynamoDBClient,
  tableName: string,
  key: Record<string, AttributeValue>,
  item: Readonly<Record<string, AttributeValue>>,
  ms: number,
): Promise<boolean> {
  const earlier = (name: string): string => String(Number(item[name]?.N) - ms);
  const there = TIMES.filter((name) => item[name] !== undefined);
  const sets = there.map((name) => `${name} = :${name}`);
  // Written with each change; the lease with each heartbeat.
  const same = ["due_at", "lease_expires_at", "attempt", "dispatches"].map((name) =>
    item[name] === undefined ? `attribute_not_exists(${name})` : `${name} = :seen_${name}`,
  );
  const seen = ["due_at", "lease_expires_at", "attempt", "dispatches"].flatMap((name) =>
    item[name] === undefined ? [] : [[`:seen_${name}`, item[name]] as const],
  );
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: `SET queued_at = :queued_at, gsi4sk = :key, ${sets.join(", ")}`,
        ConditionExpression: ["#status = :seen_status", ...same].join(" AND "),
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":queued_at": { N: earlier(item["queued_at"] === undefined ? "created_at" : "queued_at") },
          ":key": { S: `due#${earlier("due_at").padStart(15, "0")}` },
          ":seen_status": item["status"] ?? { NULL: true },
          ...Object.fromEntries(there.map((name) => [`:${name}`, { N: earlier(name) }])),
          ...Object.fromEntries(seen),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
