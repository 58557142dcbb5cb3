// p50 and p99 of the stores' verbs, beside the raw calls of the SDK, on the local engine or the one that DYNAMODB_ENDPOINT names.
// node --conditions=@streamer/source test/bench/table/main.ts [times]
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startPlainEngine } from "../../support/plainEngine.ts";
import { measureVerbs } from "./measure.ts";
import type { Latency } from "./measure.ts";

const times = Number(process.argv[2] ?? 500);
const given = process.env["DYNAMODB_ENDPOINT"];
const engine = given === undefined ? await startPlainEngine() : { endpoint: given, stop: async () => undefined };
const client = new DynamoDBClient({
  endpoint: engine.endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
try {
  const tableName = `bench-${crypto.randomUUID()}`;
  const streamer = resolve(import.meta.dirname, "../../../packages/local/bin/streamer.js");
  const made = spawnSync(process.execPath, [streamer, "table", "create", "--table", tableName, "--endpoint", engine.endpoint]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const show = ({ p50Ms, p99Ms }: Latency): string => `${p50Ms.toFixed(2)} | ${p99Ms.toFixed(2)}`;
  process.stdout.write(`| verb, ${times} times | p50 ms | p99 ms | raw call | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- | --- |\n`);
  for await (const { verb, store, sdkCall, sdk } of measureVerbs(client, tableName, times)) {
    process.stdout.write(`| \`${verb}\` | ${show(store)} | ${sdkCall} | ${show(sdk)} |\n`);
  }
} finally {
  client.destroy();
  await engine.stop();
}
