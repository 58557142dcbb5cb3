import { ConditionalCheckFailedException, paginateScan, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Of connections that are long gone, and counts of the moment. */
const NOT_COPIED = new Set(["connection", "subscription", "topic_subscription", "tenant_rate"]);

/**
 * Copies from a restored table what the live one lacks, and nothing that has expired. What is there stays as it is. Requests come last: the
 * stream has one that waits started at once, and its payload and the steps it has done must be there by then.
 *
 * @returns how many items were copied.
 */
export async function copyMissing(
  client: DynamoDBClient,
  restored: string,
  live: string,
  nowSeconds = Date.now() / 1_000,
): Promise<number> {
  let copied = 0;
  for (const requests of [false, true]) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName: restored, ConsistentRead: true })) {
      for (const item of Items) {
        const entity = item["__edb_e__"]?.S ?? "";
        const isExpired = Number(item["expires_at"]?.N ?? Infinity) <= nowSeconds;
        if (NOT_COPIED.has(entity) || isExpired || (entity === "async_request") !== requests) continue;
        try {
          await client.send(new PutItemCommand({ TableName: live, Item: item, ConditionExpression: "attribute_not_exists(pk)" }));
          copied += 1;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }
    }
  }
  return copied;
}
