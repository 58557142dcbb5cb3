import { PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { createManagementApis } from "@streamer/server";
import type { TableConfig } from "@streamer/server";
import { exactNow } from "../../../../exactNow.ts";

export interface RawMessage {
  readonly id: string;
  readonly round: number;
  readonly connectionId: string;
  readonly managementEndpoint: string;
}

/** What an update costs at the least: a put, a consistent query and a post, by the SDK and nothing of ours. The posted text is when it began. */
export function createRawTelling({ client, tableName: TableName }: TableConfig) {
  const apis = createManagementApis();
  return {
    async tell({ id, round, connectionId, managementEndpoint }: RawMessage): Promise<void> {
      const at = exactNow();
      const pk = { S: `raw#${id}` };
      const message = { type: "progress", request_id: id, sequence: round, previous: 0, attempt: 1, percentage: 1, message: "On the way" };
      const body = JSON.stringify({ ...message, metadata: { at }, timestamp: 1 });
      await client.send(
        new PutItemCommand({ TableName, Item: { pk, sk: { S: `update#${round}` }, body: { S: body }, expires_at: { N: "4000000000" } } }),
      );
      await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
          ExpressionAttributeValues: { ":pk": pk, ":sk": { S: "subscription#" } },
          ConsistentRead: true,
        }),
      );
      await apis(managementEndpoint).post(connectionId, body);
    },
  };
}
