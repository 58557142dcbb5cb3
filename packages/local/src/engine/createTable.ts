import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import type { CreateTableCommandInput, DynamoDBClient, TableDescription } from "@aws-sdk/client-dynamodb";
import type { TableDefinition } from "@streamer/server";

/** Seconds, as the SDK's waiter takes them: often at first, for a local engine; slower for AWS itself. */
const WAIT = { minDelay: 0.02, maxDelay: 2, maxWaitTime: 120 };

/**
 * Makes the table, unless it is there, and turns its TTL on. Works on any DynamoDB: dynoxide, DynamoDB Local, AWS.
 *
 * @returns the stream's ARN. Take it as it is: engines write regions of their own into it.
 * @throws when a table of this name has other keys, indexes or stream; when it is not active within two minutes.
 */
export async function createTable(client: DynamoDBClient, tableName: string, table: TableDefinition): Promise<{ streamArn: string }> {
  try {
    await client.send(new CreateTableCommand(createInput(tableName, table)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, ...WAIT }, { TableName: tableName });
  const { Table: description } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  checkShape(tableName, table, description);
  await enableTtl(client, tableName, table.ttlAttribute);
  return { streamArn: streamArnOf(tableName, description) };
}

function createInput(tableName: string, table: TableDefinition): CreateTableCommandInput {
  const keys = [table, ...table.indexes];
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: keys
      .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
      .map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: keySchema(table),
    GlobalSecondaryIndexes: table.indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: table.projection },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream },
  };
}

interface Keys {
  readonly partitionKey: string;
  readonly sortKey: string;
}

function keySchema({ partitionKey, sortKey }: Keys): NonNullable<CreateTableCommandInput["KeySchema"]> {
  return [
    { AttributeName: partitionKey, KeyType: "HASH" },
    { AttributeName: sortKey, KeyType: "RANGE" },
  ];
}

/** A table of an older version keeps its shape: better said here than found by the first query that fails. */
function checkShape(tableName: string, table: TableDefinition, found: TableDescription | undefined): void {
  const wanted = [describeKeys("keys", keySchema(table)), ...table.indexes.map((index) => describeKeys(index.name, keySchema(index)))];
  const present = new Set([
    describeKeys("keys", found?.KeySchema),
    ...(found?.GlobalSecondaryIndexes ?? []).map((index) => describeKeys(index.IndexName, index.KeySchema)),
  ]);
  const missing = wanted.filter((part) => !present.has(part));
  if (found?.StreamSpecification?.StreamViewType !== table.stream) missing.push(`stream ${table.stream}`);
  if (missing.length > 0) {
    throw new Error(
      `The table "${tableName}" exists in another shape; it lacks: ${missing.join("; ")}. Delete it, or use another name or data folder.`,
    );
  }
}

function describeKeys(name: string | undefined, schema: TableDescription["KeySchema"]): string {
  return `${name} ${(schema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType})`).join(", ")}`;
}

async function enableTtl(client: DynamoDBClient, tableName: string, attribute: string): Promise<void> {
  const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
  // AWS refuses to turn on what is on.
  if (ttl?.AttributeName === attribute && (ttl.TimeToLiveStatus === "ENABLED" || ttl.TimeToLiveStatus === "ENABLING")) return;
  const specification = { Enabled: true, AttributeName: attribute };
  await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: specification }));
}

function streamArnOf(tableName: string, table: TableDescription | undefined): string {
  if (table?.LatestStreamArn === undefined) throw new Error(`The DynamoDB engine gave the table "${tableName}" no stream.`);
  return table.LatestStreamArn;
}
