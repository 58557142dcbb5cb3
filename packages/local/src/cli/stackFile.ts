import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../engine/isAlive.ts";
import type { LocalStack } from "../stack/startLocalStack.ts";
import { CommandError, EXIT } from "./failure.ts";

/** Where everything of a running local stack is. */
export type StackAddresses = Pick<
  LocalStack,
  | "websocketUrl"
  | "managementEndpoint"
  | "consoleUrl"
  | "dynamodbEndpoint"
  | "sqsEndpoint"
  | "s3Endpoint"
  | "eventsEndpoint"
  | "tableName"
  | "dataDir"
>;

/** What the other commands find the running stack by: `<data directory>/stack.json`, there from when it is ready until it stops. */
export type StackFile = StackAddresses & { readonly pid: number };

export function addressesOf(stack: LocalStack): StackAddresses {
  const { websocketUrl, managementEndpoint, consoleUrl, dynamodbEndpoint, sqsEndpoint, s3Endpoint, eventsEndpoint, tableName, dataDir } =
    stack;
  return {
    websocketUrl,
    managementEndpoint,
    consoleUrl,
    dynamodbEndpoint,
    sqsEndpoint,
    s3Endpoint,
    eventsEndpoint,
    tableName,
    dataDir,
  };
}

/** Replaces what a killed stack may have left. Whoever reads meanwhile sees the old or the new, never a half. */
export async function writeStackFile(addresses: StackAddresses, pid: number): Promise<void> {
  const path = pathIn(addresses.dataDir);
  const aside = `${path}.${pid}`;
  await writeFile(aside, `${JSON.stringify({ pid, ...addresses } satisfies StackFile, undefined, 2)}\n`);
  await rename(aside, path);
}

export async function removeStackFile(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true });
}

/** @throws {CommandError} when no stack runs on the data directory: with what to do. */
export async function readStackFile(dataDir: string): Promise<StackFile> {
  const path = pathIn(dataDir);
  const text = await readText(path);
  if (text === undefined) {
    throw new CommandError(
      EXIT.failure,
      `No local stack runs on ${dataDir}: there is no ${path}. Start it with "streamer dev", name another folder with --data-dir, or a deployed stage with --table and --management-endpoint.`,
    );
  }
  const stack = parse(text);
  if (stack === undefined) {
    throw new CommandError(EXIT.failure, `${path} says nothing of a local stack. Stop "streamer dev" if it runs, and start it again.`);
  }
  if (!isAlive(stack.pid)) {
    throw new CommandError(
      EXIT.failure,
      `The local stack of ${path} (process ${stack.pid}) has ended, and could not say so. Start it again with "streamer dev".`,
    );
  }
  return stack;
}

function pathIn(dataDir: string): string {
  return join(dataDir, "stack.json");
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(text: string): StackFile | undefined {
  try {
    const file = JSON.parse(text) as Partial<Record<keyof StackFile, unknown>> | null;
    const named = [file?.tableName, file?.managementEndpoint, file?.dynamodbEndpoint].every((name) => typeof name === "string");
    return named && typeof file?.pid === "number" ? (file as StackFile) : undefined;
  } catch {
    return undefined;
  }
}
