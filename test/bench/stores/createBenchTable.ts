import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A table of its own on an engine, as `streamer table create` makes it. @returns its name. @throws when it could not be made. */
export async function createBenchTable(endpoint: string): Promise<string> {
  const tableName = `bench-${crypto.randomUUID()}`;
  const streamer = resolve(import.meta.dirname, "../../../packages/local/bin/streamer.js");
  // Not waited for by a blocked thread: a stack may be running in it.
  await run(process.execPath, [streamer, "table", "create", "--table", tableName, "--endpoint", endpoint]);
  return tableName;
}
