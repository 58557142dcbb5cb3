import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { EventPattern } from "../pipe/requestEvent.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { requestPartition } from "../table/keys.ts";
import type { RequestRef } from "../table/storedRequest.ts";

type Image = Record<string, AttributeValue>;

/** A change of an item, as the table's stream tells it. */
export interface StreamRecord {
  readonly eventName: "INSERT" | "MODIFY";
  readonly dynamodb: { readonly OldImage?: Image; readonly NewImage: Image };
}

/** What the stream says of a write to an item: its images before and after. */
export async function recordOf(
  table: TableConfig,
  key: { readonly pk: string; readonly sk: string },
  write: () => Promise<unknown>,
): Promise<StreamRecord> {
  const before = await imageOf(table, key);
  await write();
  const after = await imageOf(table, key);
  if (after === undefined) throw new Error(`there is no item ${key.pk} ${key.sk} after the write`);
  if (before === undefined) return { eventName: "INSERT", dynamodb: { NewImage: after } };
  return { eventName: "MODIFY", dynamodb: { OldImage: before, NewImage: after } };
}

export function requestKey(ref: RequestRef): { pk: string; sk: string } {
  return { pk: requestPartition(ref), sk: "request" };
}

/** Writes a status for which no verb exists yet, as its transition would. */
export async function setStatus(table: TableConfig, ref: RequestRef, status: string): Promise<void> {
  const { pk, sk } = requestKey(ref);
  await table.client.send(
    new UpdateItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: "SET #status = :status, retry_at = :soon REMOVE lease_expires_at",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":status": { S: status }, ":soon": { N: "1" } },
    }),
  );
}

/** Whether a pattern takes an event, as far as patterns are used here: lists of exact values, in objects. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    const value: unknown = typeof event === "object" && event !== null ? Reflect.get(event, field) : undefined;
    return isList(expected) ? expected.includes(value) : matches(expected, value);
  });
}

function isList(expected: readonly unknown[] | EventPattern): expected is readonly unknown[] {
  return Array.isArray(expected);
}

async function imageOf(
  { client, tableName }: TableConfig,
  { pk, sk }: { readonly pk: string; readonly sk: string },
): Promise<Image | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
  );
  return Item;
}
