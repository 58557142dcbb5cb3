import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { CreateTableCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

const text = (value: string): AttributeValue => ({ S: value });

/** A new table with a stream, on the real engine that the test run provides, and what a request's item goes through. */
export async function createStreamedTable(endpoint: string = inject("dynamodbEndpoint")) {
  const options = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const dynamodb = new DynamoDBClient(options);
  const streams = new DynamoDBStreamsClient(options);
  const TableName = `pipe-${crypto.randomUUID()}`;
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  return {
    streams,
    streamArn: TableDescription?.LatestStreamArn ?? "",
    async insert(id: string, more: Record<string, AttributeValue> = {}): Promise<void> {
      const ids = { request_id: id, tenant_id: "t1", user_id: "u1", correlation_id: "c1" };
      const Item = {
        pk: text(id),
        __edb_e__: text("async_request"),
        ...Object.fromEntries(Object.entries(ids).map(([name, value]) => [name, text(value)])),
        action: text("generate_report"),
        status: text("pending"),
        attempt: { N: "0" },
        ...more,
      };
      await dynamodb.send(new PutItemCommand({ TableName, Item }));
    },
    async set(id: string, name: string, value: AttributeValue): Promise<void> {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk: text(id) },
          UpdateExpression: "SET #n = :v",
          ExpressionAttributeNames: { "#n": name },
          ExpressionAttributeValues: { ":v": value },
        }),
      );
    },
    close(): void {
      dynamodb.destroy();
      streams.destroy();
    },
  };
}

/** An engine of its own, on a file, for a test that kills it. Other tests share the one of the test run. */
export async function startOwnEngine(databasePath: string, givenPort?: number) {
  const binary = join(
    dirname(createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`)),
    "dynoxide",
  );
  const port = givenPort ?? (await freePort());
  const child = spawn(binary, ["serve", "--host", "127.0.0.1", "--port", String(port), "--db-path", databasePath], { stdio: "ignore" });
  const exited = once(child, "exit");
  const endpoint = `http://127.0.0.1:${port}`;
  while (!(await isUp(endpoint))) if (child.exitCode !== null) throw new Error(`The engine ended with ${child.exitCode}.`);
  return {
    endpoint,
    port,
    async kill(): Promise<void> {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function isUp(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
