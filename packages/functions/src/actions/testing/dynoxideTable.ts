import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@streamer/server";

export interface TestTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Makes the engine stop answering, as if it were gone. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** The one table, empty, in a DynamoDB engine of its own that keeps everything in memory. Close it at the end. */
export async function startTestTable(): Promise<TestTable> {
  const port = await freePort();
  const engine = await startEngine(port);
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const tableName = "streamer";
  const stop = async (): Promise<void> => {
    if (engine.exitCode !== null || engine.signalCode !== null) return;
    const exited = once(engine, "exit");
    engine.kill();
    await exited;
  };
  await client.send(new CreateTableCommand(createTableInput(tableName)));
  return {
    client,
    tableName,
    stop,
    async close() {
      client.destroy();
      await stop();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function startEngine(port: number): Promise<ChildProcess> {
  const extension = process.platform === "win32" ? ".exe" : "";
  const binary =
    process.env["DYNOXIDE_BIN"] ??
    createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide${extension}`);
  const engine = spawn(binary, ["serve", "--host", "127.0.0.1", "--port", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
  const lines: string[] = [];
  for await (const line of createInterface(engine.stderr)) {
    lines.push(line);
    if (line.includes("listening")) {
      engine.stderr.resume();
      return engine;
    }
  }
  throw new Error(`${binary} did not start on port ${port}. It said: ${lines.join(" ")}`);
}

function createTableInput(tableName: string) {
  const { partitionKey, sortKey, indexes, projection } = tableDefinition;
  const schema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  const keys = [partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST" as const,
    KeySchema: schema(partitionKey, sortKey),
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: schema(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: projection },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" as const },
  };
}
