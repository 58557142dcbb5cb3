import { BatchWriteItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { tableDefinition } from "@streamer/server";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createTable } from "./createTable.ts";
import type { Engine } from "./engine.ts";
import { engineFixture } from "./fixtures/harness.ts";
import type { EngineFixture } from "./fixtures/harness.ts";
import { createTtlExpirer } from "./ttlExpirer.ts";
import type { TtlExpirer, TtlExpirerOptions } from "./ttlExpirer.ts";

let fixture: EngineFixture;
let engine: Engine;
let client: DynamoDBClient;
let clock: FakeClock;
let tableName: string;
let tables = 0;
let warnings: string[];

beforeAll(async () => {
  fixture = await engineFixture();
  engine = await fixture.start();
  client = fixture.client(engine);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  tableName = `table_${(tables += 1)}`;
  await createTable(client, tableName, tableDefinition);
  clock = createFakeClock();
  warnings = [];
});

const expirer = (overrides: Partial<TtlExpirerOptions> = {}): TtlExpirer =>
  createTtlExpirer({
    client,
    tableName,
    table: tableDefinition,
    clock,
    everyMs: 60_000,
    logger: { warn: (message) => void warnings.push(message) },
    ...overrides,
  });

const put = async (pk: string, expiresAt?: AttributeValue): Promise<void> => {
  const Item = { pk: { S: pk }, sk: { S: "item" }, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) };
  await client.send(new PutItemCommand({ TableName: tableName, Item }));
};
const inSeconds = (seconds: number): AttributeValue => ({ N: String(clock.now() / 1000 + seconds) });
const left = async (): Promise<string[]> => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items.map((item) => item["pk"]?.S ?? "").toSorted((a, b) => a.localeCompare(b));
};

test("what has expired goes, what has not or has no time stays", async () => {
  await put("past", inSeconds(-1));
  await put("now", inSeconds(0));
  await put("soon", inSeconds(1));
  await put("never");
  await put("text", { S: "0" });
  await expect(expirer().run()).resolves.toBe(2);
  expect(await left()).toEqual(["never", "soon", "text"]);
});

test("it runs each interval of its clock until it is stopped", async () => {
  await put("first", inSeconds(30));
  await put("second", inSeconds(90));
  const running = expirer();
  running.start();
  await clock.advance(59_999);
  expect(await left()).toEqual(["first", "second"]);
  await clock.advance(1);
  await vi.waitFor(async () => expect(await left()).toEqual(["second"]));
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  await clock.advance(60_000);
  await vi.waitFor(async () => expect(await left()).toEqual([]));
  await running.stop();
  expect(clock.pending).toBe(0);
  expect(warnings).toEqual([]);
});

test("an item that was given more time between the scan and its delete stays", async () => {
  await put("renewed", inSeconds(-1));
  // The first delete waits for a renewal that comes after the scan.
  const slow = fixture.client(engine);
  slow.middlewareStack.add(
    (next, context) => async (args) => {
      if (context["commandName"] === "DeleteItemCommand") await put("renewed", inSeconds(3600));
      return next(args);
    },
    { step: "initialize" },
  );
  await expect(expirer({ client: slow }).run()).resolves.toBe(0);
  expect(await left()).toEqual(["renewed"]);
});

test("many are deleted over pages, at most so many a run", async () => {
  for (let batch = 0; batch < 3; batch += 1) {
    const puts = Array.from({ length: 25 }, (_, n) => ({
      PutRequest: { Item: { pk: { S: `${batch}-${n}` }, sk: { S: "item" }, expires_at: inSeconds(-1) } },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }));
  }
  await expect(expirer({ pageSize: 20, maxDeletes: 30 }).run()).resolves.toBe(30);
  await expect(expirer({ pageSize: 20 }).run()).resolves.toBe(45);
  expect(await left()).toEqual([]);
});

test("a run that fails is told and the next one tries again", async () => {
  await put("past", inSeconds(-1));
  const running = expirer({ tableName: "missing_table" });
  running.start();
  for (const runs of [1, 2]) {
    await clock.advance(60_000);
    await vi.waitFor(() => expect(warnings).toHaveLength(runs));
    await vi.waitFor(() => expect(clock.pending).toBe(1));
  }
  await running.stop();
});
