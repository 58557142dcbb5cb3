import { QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { QueryCommandOutput, ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import type { TableConfig } from "@streamer/server";

/**
 * Ids of all connections that have a record: the keys in the work index, which holds little else. For one machine: a deployed stage has more.
 *
 * @throws what the SDK throws.
 */
export async function recordedConnections({ client, tableName }: TableConfig): Promise<readonly string[]> {
  const ids: string[] = [];
  let from: ScanCommandOutput["LastEvaluatedKey"];
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName: tableName,
        IndexName: "gsi4",
        FilterExpression: "begins_with(gsi4pk, :connections)",
        ExpressionAttributeValues: { ":connections": { S: "connections#" } },
        ProjectionExpression: "pk",
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    ids.push(...(page.Items ?? []).map((item) => (item["pk"]?.S ?? "").slice("connection#".length)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return ids;
}

/** Ids of the requests that a connection watches without having submitted them, at most so many. @throws what the SDK throws. */
export async function watchedRequests({ client, tableName }: TableConfig, connectionId: string, limit: number): Promise<readonly string[]> {
  const page: QueryCommandOutput = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: "gsi3",
      KeyConditionExpression: "gsi3pk = :connection AND begins_with(gsi3sk, :subscription)",
      ExpressionAttributeValues: { ":connection": { S: `connection#${connectionId}` }, ":subscription": { S: "subscription#" } },
      ProjectionExpression: "gsi3sk",
      Limit: limit,
    }),
  );
  // `subscription#<tenant>#<request>`; that of a topic has more parts.
  return (page.Items ?? []).flatMap((item) => {
    const [, , requestId, ...rest] = (item["gsi3sk"]?.S ?? "").split("#");
    return requestId === undefined || rest.length > 0 ? [] : [requestId];
  });
}
