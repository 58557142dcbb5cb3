import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, paginateScan, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { createClient } from "@streamer/client";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import type { Mood } from "./app/src/actions/brittle/action.ts";
import type { actions } from "./app/src/actions/index.ts";
import { copyMissing } from "./restoring/copyMissing.ts";

type Item = Record<string, AttributeValue>;

const RESTORED = "restored";
let dataDir: string;
let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-restore-"));
  stack = await startLocalStack({ functionsDir: join(import.meta.dirname, "app"), dataDir, port: 0 });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new DynamoDBClient({ endpoint: stack.dynamodbEndpoint, region: "us-east-1", credentials });
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamodbEndpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function itemsOf(tableName: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) items.push(...(page.Items ?? []));
  return items;
}

/** What point-in-time recovery gives: a table of another name with all items of a moment, and without a stream. */
async function backUp(): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: RESTORED,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  for (const Item of await itemsOf(stack.tableName)) await client.send(new PutItemCommand({ TableName: RESTORED, Item }));
}

async function loseEverything(): Promise<void> {
  for (const { pk, sk } of await itemsOf(stack.tableName)) {
    if (pk !== undefined && sk !== undefined) await client.send(new DeleteItemCommand({ TableName: stack.tableName, Key: { pk, sk } }));
  }
}

const entities = (items: readonly Item[]): ReadonlySet<string | undefined> => new Set(items.map((item) => item["__edb_e__"]?.S));

/** A stopped Pipe makes its request wait; the others end as the files say. Each command of the command line is a process. */
it(
  "a table that was lost comes back from its copy: what waited is done, results are there, dead letters can be redriven",
  { timeout: 90_000 },
  async () => {
    const moodFile = async (mood: Mood): Promise<string> => {
      const path = join(dataDir, mood);
      await writeFile(path, mood);
      return path;
    };
    const token = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
    const before = createClient<typeof actions>({ url: stack.websocketUrl, token });
    const done = before.brittle.submit({ moodFile: await moodFile("works") });
    const failed = before.brittle.submit({ moodFile: await moodFile("fails") });
    expect(await done.result()).toEqual({ attempt: 1 });
    await expect(failed.result()).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
    await stack.parts.pipe.stop();
    const waiting = before.brittle.submit({ moodFile: await moodFile("works") });
    await waiting.accepted();

    await backUp();
    await before.$client.close();
    await loseEverything();
    stack.parts.pipe.start();
    const expired: Item = {
      pk: { S: "request#acme#old" },
      sk: { S: "update#1" },
      expires_at: { N: "1" },
      __edb_e__: { S: "request_update" },
    };
    await client.send(new PutItemCommand({ TableName: RESTORED, Item: expired }));
    expect(entities(await itemsOf(RESTORED))).toContain("connection");

    const after = createClient<typeof actions>({ url: stack.websocketUrl, token });
    try {
      // The stream of the live table never stopped: the request that waited is put in, and so it starts.
      const sent = vi.spyOn(client, "send");
      await copyMissing(client, RESTORED, stack.tableName);
      const copied = sent.mock.calls.flatMap(([command]) =>
        command instanceof PutItemCommand ? [command.input.Item?.["__edb_e__"]?.S] : [],
      );
      sent.mockRestore();
      // A request may start as soon as it is there: what belongs to it is there before.
      expect(copied.lastIndexOf("request_update")).toBeLessThan(copied.indexOf("async_request"));
      expect(await after.brittle.get(waiting.id).result()).toEqual({ attempt: 1 });
      expect(await after.brittle.get(done.id).result()).toEqual({ attempt: 1 });

      await writeFile(join(dataDir, "fails"), "works");
      const of = ["--table", stack.tableName, "--management-endpoint", stack.managementEndpoint];
      expect(await runStreamer(["requests", "redrive", failed.id, "--tenant", "acme", ...of])).toMatchObject({ code: 0 });
      await vi.waitFor(async () => {
        const { stdout } = await runStreamer(["requests", "show", failed.id, "--tenant", "acme", "--json", ...of]);
        expect(JSON.parse(stdout)).toMatchObject({ status: "completed", attempt: 2 });
      }, 20_000);

      const live = await itemsOf(stack.tableName);
      expect(live.map(({ pk }) => pk?.S)).not.toContain("request#acme#old");
      // The copy is older than what is there by now: again, and nothing changes.
      expect(await copyMissing(client, RESTORED, stack.tableName)).toBe(0);
      const connections = live.filter((item) => item["__edb_e__"]?.S === "connection");
      expect(connections).toHaveLength(1);
    } finally {
      await after.$client.close();
    }
  },
);
