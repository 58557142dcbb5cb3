import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { inject } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { tableDefinition } from "../table/tableDefinition.ts";

/**
 * A new, empty table on the real engine that the test run provides.
 *
 * @param withStream default true. The engine slows down with each record of a stream: a table for thousands of items is quicker without.
 */
export async function createTestTable({ withStream = true } = {}): Promise<TableConfig> {
  const client = new DynamoDBClient({
    endpoint: inject("dynamodbEndpoint"),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const tableName = `test-${crypto.randomUUID()}`;
  const { partitionKey, sortKey, indexes, projection, stream } = tableDefinition;
  const keys = [partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  const schema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: schema(partitionKey, sortKey),
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: schema(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: projection },
      })),
      ...(withStream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } } : {}),
    }),
  );
  // Another engine than ours takes a while, as AWS does.
  await waitUntilTableExists({ client, minDelay: 0.02, maxDelay: 1, maxWaitTime: 60 }, { TableName: tableName });
  return { client, tableName };
}
