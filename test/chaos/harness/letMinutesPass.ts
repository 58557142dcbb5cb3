import { ConditionalCheckFailedException, paginateScan, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { isRequest, text } from "./tableReader.ts";
import type { RawItem } from "./tableReader.ts";

const WAITING: ReadonlySet<string> = new Set(["pending", "retrying"]);

/**
 * Makes requests that wait due now, as if the minutes had passed after which the sweeper sends their events again. A request that waits for
 * a retry that is still to come is left alone.
 */
export async function letMinutesPass(client: DynamoDBClient, tableName: string): Promise<number> {
  const now = Date.now();
  let hurried = 0;
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
    for (const item of page.Items ?? []) {
      if (!isRequest(item) || !WAITING.has(text(item, "status")) || Number(item["retry_at"]?.N ?? 0) > now) continue;
      const dueAt = Number(item["due_at"]?.N);
      if (dueAt > now && (await makeDue(client, tableName, item, now))) hurried += 1;
    }
  }
  return hurried;
}

async function makeDue(client: DynamoDBClient, tableName: string, item: RawItem, now: number): Promise<boolean> {
  const { pk, sk, due_at: seen, status } = item;
  if (pk === undefined || sk === undefined || seen === undefined || status === undefined) return false;
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk, sk },
        UpdateExpression: "SET due_at = :now, gsi4sk = :key",
        ConditionExpression: "due_at = :seen AND #status = :status",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":now": { N: String(now) },
          ":key": { S: `due#${String(now).padStart(15, "0")}` },
          ":seen": seen,
          ":status": status,
        },
      }),
    );
    return true;
  } catch (error) {
    // It went on meanwhile.
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
