import { ScanCommand } from "@aws-sdk/client-dynamodb";
import type { ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { decodeKeyPart } from "@streamer/server";
import type { RequestRef, TableConfig } from "@streamer/server";

/** What the index of users tells of a request without reading it. */
export interface RequestKey extends RequestRef {
  readonly userId: string;
  readonly createdAt: number;
}

/**
 * All requests of all tenants, newest first: the keys in the index of users, which no query gives across tenants. A deployed stage must not be
 * read like this; on one machine an index of 10,000 keys is read in a few calls.
 *
 * @throws what the SDK throws.
 */
export async function allRequestKeys({ client, tableName }: TableConfig): Promise<readonly RequestKey[]> {
  const keys: RequestKey[] = [];
  let from: ScanCommandOutput["LastEvaluatedKey"];
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName: tableName,
        IndexName: "gsi1",
        FilterExpression: "begins_with(gsi1sk, :request)",
        ExpressionAttributeValues: { ":request": { S: "request#" } },
        ProjectionExpression: "gsi1pk, gsi1sk",
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    keys.push(...(page.Items ?? []).map((item) => keyOf(item["gsi1pk"]?.S ?? "", item["gsi1sk"]?.S ?? "")));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return keys.toSorted(newestFirst);
}

/** Of two that were created in the same millisecond, some order that is always the same. */
export function newestFirst(a: Omit<RequestKey, "userId">, b: Omit<RequestKey, "userId">): number {
  return b.createdAt - a.createdAt || compare(a.tenantId, b.tenantId) || compare(a.requestId, b.requestId);
}

/** `user#<tenant>#<user>` and `request#<created at>#<request>`: no part can hold a `#`. */
function keyOf(partition: string, sort: string): RequestKey {
  const [, tenant = "", user = ""] = partition.split("#");
  const [, createdAt = "", requestId = ""] = sort.split("#");
  return { tenantId: decodeKeyPart(tenant), userId: decodeKeyPart(user), requestId, createdAt: Number(createdAt) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
