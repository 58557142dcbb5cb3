import { QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";
import { requestPartition, stepPartition } from "./keys.ts";
import type { RequestRef } from "./storedRequest.ts";

/** Updates under way together. */
const GROUP_SIZE = 25;

/**
 * Lets everything that belongs to a request live on until `expiresAt` (Unix seconds): payload, updates, subscriptions, and the steps that
 * `once` remembers, which must not run again. The request's own item is left to its transition.
 */
export async function extendLife(ref: RequestRef, expiresAt: number, config: TableConfig): Promise<void> {
  for (const partition of [requestPartition(ref), stepPartition(ref)]) {
    for await (const keys of keysOf(partition, config)) {
      const parts = keys.filter((key) => key["sk"]?.S !== "request");
      for (let start = 0; start < parts.length; start += GROUP_SIZE) {
        await Promise.all(parts.slice(start, start + GROUP_SIZE).map((key) => extend(key, expiresAt, config)));
      }
    }
  }
}

type Key = Record<string, AttributeValue>;

async function* keysOf(partition: string, { client, tableName }: TableConfig): AsyncGenerator<readonly Key[]> {
  let from: Key | undefined;
  do {
    const page = await tableCall("request.redrive", () =>
      client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": { S: partition } },
          ProjectionExpression: "pk, sk",
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      ),
    );
    yield page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

async function extend(key: Key, expiresAt: number, { client, tableName }: TableConfig): Promise<void> {
  await tableCall("request.redrive", () =>
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: "SET expires_at = :at",
        // One that went meanwhile must not come back empty.
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":at": { N: String(expiresAt) } },
      }),
    ),
  ).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

function isGone(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.name === "ConditionalCheckFailedException";
}
