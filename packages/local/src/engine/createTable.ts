import {
  ContinuousBackupsUnavailableException,
  CreateTableCommand,
  ResourceInUseException,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import type { CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { TableDefinition } from "@streamer/server";
import { differencesOf, OtherShapeError, readShape } from "./tableShape.ts";
import type { TableShape } from "./tableShape.ts";

/** Seconds, as the SDK's waiter takes them: often at first, for a local engine; slower for AWS itself. */
const WAIT = { minDelay: 0.02, maxDelay: 2, maxWaitTime: 120 };

export interface CreatedTable {
  /** Take it as it is: engines write regions of their own into it. */
  readonly streamArn: string;
  /** `false`: it was there. */
  readonly created: boolean;
}

/**
 * Makes the table, unless it is there, and turns its TTL on, and its point-in-time recovery where that is known. Works on any DynamoDB:
 * dynoxide, DynamoDB Local, AWS.
 *
 * @throws {OtherShapeError} when a table of this name has other keys, indexes or stream.
 * @throws when it is not active within two minutes.
 */
export async function createTable(client: DynamoDBClient, tableName: string, table: TableDefinition): Promise<CreatedTable> {
  let created = true;
  try {
    await client.send(new CreateTableCommand(createInput(tableName, table)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    created = false;
  }
  await waitUntilTableExists({ client, ...WAIT }, { TableName: tableName });
  const found = await readShape(client, tableName);
  if (found === undefined) throw new Error(`The table "${tableName}" was there and is gone: something else deletes it.`);
  const differences = differencesOf(table, found);
  // A table of an older version keeps its shape: better said here than found by the first query that fails.
  if (differences.length > 0) throw new OtherShapeError(tableName, differences);
  await enableTtl(client, tableName, table.ttlAttribute, found);
  if (found.pointInTimeRecovery === "off") await enableRecovery(client, tableName);
  return { streamArn: streamArnOf(tableName, found), created };
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

/** AWS takes a moment after a table's creation until it can: then it is left off, and the next call turns it on. */
async function enableRecovery(client: DynamoDBClient, tableName: string): Promise<void> {
  const specification = { PointInTimeRecoveryEnabled: true };
  try {
    await client.send(new UpdateContinuousBackupsCommand({ TableName: tableName, PointInTimeRecoverySpecification: specification }));
  } catch (error) {
    if (!(error instanceof ContinuousBackupsUnavailableException)) throw error;
  }
}

/** AWS refuses to turn on what is on. */
async function enableTtl(client: DynamoDBClient, tableName: string, attribute: string, found: TableShape): Promise<void> {
  if (found.ttl === attribute) return;
  const specification = { Enabled: true, AttributeName: attribute };
  await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: specification }));
}

function streamArnOf(tableName: string, { streamArn }: TableShape): string {
  if (streamArn === undefined) throw new Error(`The DynamoDB engine gave the table "${tableName}" no stream.`);
  return streamArn;
}
