import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@streamer/server";
import { createTable } from "../../engine/createTable.ts";
import { differencesOf, OtherShapeError, readShape, toTurnOn } from "../../engine/tableShape.ts";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "../../stack/functionEnv.ts";
import { rootOf } from "../explained.ts";
import { CommandError, EXIT } from "../failure.ts";
import { asJson, asText } from "./show.ts";
import type { TableReport } from "./show.ts";

export interface TableOptions {
  readonly table: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly json: boolean;
}

export async function runCreate(options: TableOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { created } = await createTable(client, options.table, tableDefinition);
    print(await reportOf(client, options.table, created), options);
  });
}

export async function runDescribe(options: TableOptions): Promise<void> {
  await withClient(options, async (client) => {
    const report = await reportOf(client, options.table);
    print(report, options);
    if (report.differences.length > 0) throw new CommandError(EXIT.failure, notAsItShould(options.table, report));
  });
}

async function reportOf(client: DynamoDBClient, tableName: string, created?: boolean): Promise<TableReport> {
  const shape = await readShape(client, tableName);
  if (shape === undefined) {
    throw new CommandError(EXIT.notFound, `There is no table "${tableName}". "streamer table create" makes it.`);
  }
  const differences = [...differencesOf(tableDefinition, shape), ...toTurnOn(tableDefinition, shape)];
  return { tableName, shape, differences, ...(created === undefined ? {} : { created }) };
}

function notAsItShould(tableName: string, { differences, shape }: TableReport): string {
  const canBeTurnedOn = differencesOf(tableDefinition, shape).length === 0;
  const advice = canBeTurnedOn ? `"streamer table create" turns it on.` : "It cannot be changed in place: make another table.";
  return `The table "${tableName}" is not as the system needs it: ${differences.join("; ")}. ${advice}`;
}

function print(report: TableReport, { json }: TableOptions): void {
  process.stdout.write(json ? asJson(report) : asText(report));
}

async function withClient(options: TableOptions, run: (client: DynamoDBClient) => Promise<void>): Promise<void> {
  const { endpoint, region } = options;
  const client = new DynamoDBClient({
    ...(endpoint === undefined ? {} : { endpoint: checkedUrl(endpoint) }),
    ...(endpoint !== undefined && isThisMachine(endpoint) ? { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS } : {}),
    ...(region === undefined ? {} : { region }),
  });
  try {
    await run(client);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof OtherShapeError) throw new CommandError(EXIT.failure, error.message, { cause: error });
    const where = endpoint ?? "AWS";
    const message = `DynamoDB at ${where} did not do it: ${rootOf(error as Error)}. Check --endpoint, --region, and the credentials of your AWS profile.`;
    throw new CommandError(EXIT.failure, message, { cause: error });
  } finally {
    client.destroy();
  }
}

function checkedUrl(endpoint: string): string {
  const protocol = URL.parse(endpoint)?.protocol;
  if (protocol === "http:" || protocol === "https:") return endpoint;
  throw new CommandError(EXIT.usage, `"${endpoint}" is no endpoint. It is a URL such as http://127.0.0.1:8000.`);
}

/** Engines here take any credentials, and give each its own tables: so that all see the same, they are those of the local stack. */
function isThisMachine(endpoint: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(URL.parse(endpoint)?.hostname ?? "");
}
