import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient, KeySchemaElement, TableDescription } from "@aws-sdk/client-dynamodb";
import type { TableDefinition } from "@streamer/server";

/** How a table is made, as DynamoDB tells it. Keys in words: `pk (HASH), sk (RANGE)`. */
export interface TableShape {
  readonly status: string;
  readonly keys: string;
  readonly indexes: readonly { readonly name: string; readonly keys: string; readonly projection: string }[];
  /** The view type; `undefined`: the table has no stream. */
  readonly stream: string | undefined;
  readonly streamArn: string | undefined;
  /** The attribute; `undefined`: off. */
  readonly ttl: string | undefined;
  /** `unknown`: this DynamoDB has no such thing, as engines on one machine do not. */
  readonly pointInTimeRecovery: "on" | "off" | "unknown";
  readonly itemCount: number | undefined;
}

/** A table that is there and is not as it should be. It was left as it is. */
export class OtherShapeError extends Error {
  override readonly name = "OtherShapeError";
  readonly differences: readonly string[];

  constructor(tableName: string, differences: readonly string[]) {
    super(
      `The table "${tableName}" exists in another shape: ${differences.join("; ")}. It was left as it is. Delete it, or use another name or data folder.`,
    );
    this.differences = differences;
  }
}

/** Three calls. `undefined`: there is no such table. */
export async function readShape(client: DynamoDBClient, tableName: string): Promise<TableShape | undefined> {
  const table = await describeTable(client, tableName);
  if (table === undefined) return undefined;
  const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
  const isOn = ttl?.TimeToLiveStatus === "ENABLED" || ttl?.TimeToLiveStatus === "ENABLING";
  return {
    status: table.TableStatus ?? "UNKNOWN",
    keys: inWords(table.KeySchema),
    indexes: (table.GlobalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName ?? "",
      keys: inWords(index.KeySchema),
      projection: index.Projection?.ProjectionType ?? "",
    })),
    stream: table.StreamSpecification?.StreamEnabled === true ? table.StreamSpecification.StreamViewType : undefined,
    streamArn: table.LatestStreamArn,
    ttl: isOn ? ttl.AttributeName : undefined,
    pointInTimeRecovery: await pointInTimeRecovery(client, tableName),
    itemCount: table.ItemCount,
  };
}

/**
 * What of a table is not as it is defined and cannot be changed in place, in words: nothing when the system can run on it. Indexes of your own
 * do no harm. TTL and point-in-time recovery are turned on, and are not among these.
 */
export function differencesOf(table: TableDefinition, found: TableShape): readonly string[] {
  const differences: string[] = [];
  const wantedKeys = keysInWords(table);
  if (found.keys !== wantedKeys) differences.push(`its keys are ${found.keys || "none"}, and should be ${wantedKeys}`);
  for (const index of table.indexes) {
    const present = found.indexes.find(({ name }) => name === index.name);
    const wanted = keysInWords(index);
    if (present === undefined) {
      differences.push(`it lacks the index ${index.name} with ${wanted}`);
    } else if (present.keys !== wanted) {
      differences.push(`the keys of its index ${index.name} are ${present.keys}, and should be ${wanted}`);
    } else if (present.projection !== table.projection) {
      differences.push(`its index ${index.name} projects ${present.projection || "nothing known"}, and should project ${table.projection}`);
    }
  }
  if (found.stream !== table.stream) differences.push(`its stream is ${found.stream ?? "off"}, and should be ${table.stream}`);
  return differences;
}

/** What can be turned on, and is not. */
export function toTurnOn(table: TableDefinition, found: TableShape): readonly string[] {
  return [
    ...(found.ttl === table.ttlAttribute
      ? []
      : [`its TTL is ${found.ttl === undefined ? "off" : `on ${found.ttl}`}, and should be on ${table.ttlAttribute}`]),
    ...(found.pointInTimeRecovery === "off" ? ["its point-in-time recovery is off, and should be on"] : []),
  ];
}

async function describeTable(client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function pointInTimeRecovery(client: DynamoDBClient, tableName: string): Promise<TableShape["pointInTimeRecovery"]> {
  try {
    const { ContinuousBackupsDescription: backups } = await client.send(new DescribeContinuousBackupsCommand({ TableName: tableName }));
    const status = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    return status === undefined ? "unknown" : status === "ENABLED" ? "on" : "off";
  } catch (error) {
    if (error instanceof Error && NO_SUCH_OPERATION.has(error.name)) return "unknown";
    throw error;
  }
}

/** What engines call an operation that they do not have. */
const NO_SUCH_OPERATION: ReadonlySet<string> = new Set([
  "UnknownOperationException",
  "UnknownOperation",
  "NotImplemented",
  "InvalidAction",
]);

function inWords(schema: readonly KeySchemaElement[] | undefined): string {
  return (schema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType})`).join(", ");
}

function keysInWords({ partitionKey, sortKey }: { readonly partitionKey: string; readonly sortKey: string }): string {
  return `${partitionKey} (HASH), ${sortKey} (RANGE)`;
}
