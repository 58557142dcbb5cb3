import { resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createManagementApi } from "@streamer/server";
import type { ManagementApi, TableConfig } from "@streamer/server";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "../stack/functionEnv.ts";
import { CommandError, EXIT } from "./failure.ts";
import { readStackFile } from "./stackFile.ts";

/** Which system is meant, as the command line says it. */
export interface TargetOptions {
  /** Of a local stack; used unless a table is named. */
  readonly dataDir: string;
  /** Name of a deployed stage's table. */
  readonly table?: string;
  /** Of the stage's API itself, `https://<api>.execute-api.<region>.amazonaws.com/<stage>`. */
  readonly managementEndpoint?: string;
  /** AWS Region of the stage. Default: the SDK's own, from the environment or the profile. */
  readonly region?: string;
}

/** The two ways into a system: its table, and the API that holds its sockets. The same for a laptop and for AWS. */
export interface Target {
  readonly table: TableConfig;
  readonly managementApi: ManagementApi;
  readonly managementEndpoint: string;
  /** What to check when one of the two does not answer. */
  readonly advice: string;
  close(): void;
}

/**
 * A deployed stage, by the SDK's own credentials, when a table is named; else the local stack that runs on the data directory.
 *
 * @throws {CommandError} when half a stage is named, or no local stack runs.
 */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { table, managementEndpoint, region } = options;
  if (table !== undefined && managementEndpoint !== undefined) {
    checkUrl(managementEndpoint);
    return open({
      tableName: table,
      managementEndpoint,
      dynamodb: {},
      settings: region === undefined ? {} : { region },
      advice: "Check --table, --management-endpoint, --region, and the credentials of your AWS profile.",
    });
  }
  if (table !== undefined || managementEndpoint !== undefined || region !== undefined) {
    throw new CommandError(
      EXIT.usage,
      "A deployed stage is named by --table and --management-endpoint together; --region belongs to them.",
    );
  }
  const stack = await readStackFile(resolve(options.dataDir));
  return open({
    tableName: stack.tableName,
    managementEndpoint: stack.managementEndpoint,
    dynamodb: { endpoint: stack.dynamodbEndpoint },
    settings: { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS },
    advice: 'Does "streamer dev" still run?',
  });
}

interface Addresses {
  readonly tableName: string;
  readonly managementEndpoint: string;
  readonly dynamodb: { readonly endpoint?: string };
  readonly settings: { readonly region?: string; readonly credentials?: typeof LOCAL_CREDENTIALS };
  readonly advice: string;
}

function open({ tableName, managementEndpoint, dynamodb, settings, advice }: Addresses): Target {
  const client = new DynamoDBClient({ ...settings, ...dynamodb });
  const managementApi = createManagementApi({ endpoint: managementEndpoint, client: settings });
  return {
    table: { client, tableName },
    managementApi,
    managementEndpoint,
    advice,
    close() {
      client.destroy();
      managementApi.close();
    },
  };
}

function checkUrl(endpoint: string): void {
  const protocol = URL.parse(endpoint)?.protocol;
  if (protocol === "https:" || protocol === "http:") return;
  throw new CommandError(
    EXIT.usage,
    `"${endpoint}" is no endpoint. It is https://<api>.execute-api.<region>.amazonaws.com/<stage>: the API's own, not a custom domain's, and not wss://.`,
  );
}
