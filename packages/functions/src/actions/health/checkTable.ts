import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { TableConfig } from "@streamer/server";
import { tableDefinition } from "@streamer/server";

/** Asks the table for an item that is not there: the cheapest question that needs the table, its permissions and the way to it. */
export function createTableCheck({ client, tableName }: TableConfig): (signal: AbortSignal) => Promise<void> {
  const key = { [tableDefinition.partitionKey]: { S: "health" }, [tableDefinition.sortKey]: { S: "health" } };
  return async (signal) => {
    await client.send(new GetItemCommand({ TableName: tableName, Key: key }), { abortSignal: signal });
  };
}
