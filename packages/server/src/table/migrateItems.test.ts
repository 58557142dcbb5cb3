import { ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import { Entity } from "electrodb";
import { describe, expect, it } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { migrateItems } from "./migrateItems.ts";
import type { ItemMigration, MigratedPage } from "./migrateItems.ts";
import { createRequestStore } from "./requestStore.ts";

// The example of the documentation. Version 1 has a name in one attribute and a length in minutes; version 2 has two names, and milliseconds.
const keys = {
  pk: { field: "pk", composite: ["id"], template: "person#${id}", casing: "none" },
  sk: { field: "sk", composite: [], template: "person", casing: "none" },
} as const;
const personV1 = ({ client, tableName }: TableConfig) =>
  new Entity(
    {
      model: { entity: "person", version: "1", service: "example" },
      attributes: {
        id: { type: "string", required: true },
        name: { type: "string" },
        minutes: { type: "number" },
        visits: { type: "number" },
      },
      indexes: { primary: keys },
    },
    { client, table: tableName },
  );
const personV2 = ({ client, tableName }: TableConfig) =>
  new Entity(
    {
      model: { entity: "person", version: "2", service: "example" },
      attributes: {
        id: { type: "string", required: true },
        first_name: { type: "string" },
        last_name: { type: "string" },
        length_ms: { type: "number" },
        visits: { type: "number" },
      },
      indexes: { primary: keys },
    },
    { client, table: tableName },
  );
const toVersion2: ItemMigration = {
  entity: "person",
  from: "1",
  to: "2",
  upgrade({ name, minutes, ...rest }) {
    const [first = "", last = ""] = (name?.S ?? "").split(" ");
    return { ...rest, first_name: { S: first }, last_name: { S: last }, length_ms: { N: String(Number(minutes?.N ?? 0) * 60_000) } };
  },
};

const idOf = (index: number): string => `p${String(index).padStart(5, "0")}`;
async function people(count: number): Promise<TableConfig> {
  const table = await createTestTable({ withStream: false });
  const items = Array.from({ length: count }, (_, index) => ({ id: idOf(index), name: `Ada L${index}`, minutes: index, visits: 1 }));
  const { unprocessed } = await personV1(table).put(items).go({ concurrent: 8 });
  expect(unprocessed).toEqual([]);
  return table;
}
async function run(pages: AsyncIterable<MigratedPage>, until = Number.POSITIVE_INFINITY) {
  let upgraded = 0;
  let changedMeanwhile = 0;
  let cursor: string | undefined;
  for await (const page of pages) {
    upgraded += page.upgraded;
    changedMeanwhile += page.changedMeanwhile;
    cursor = page.cursor;
    if (upgraded >= until) break;
  }
  return { upgraded, changedMeanwhile, cursor };
}
/** How many items of a version the table has. */
async function countOf({ client, tableName }: TableConfig, version: string): Promise<number> {
  let count = 0;
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        Select: "COUNT",
        FilterExpression: "#entity = :entity AND #version = :version",
        ExpressionAttributeNames: { "#entity": "__edb_e__", "#version": "__edb_v__" },
        ExpressionAttributeValues: { ":entity": { S: "person" }, ":version": { S: version } },
        ExclusiveStartKey: from,
      }),
    );
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}
/** Before the so many-th update leaves, something happens. */
function beforeUpdate(table: TableConfig, number: number, happens: () => Promise<void>): void {
  let updates = 0;
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context["commandName"] === "UpdateItemCommand" && (updates += 1) === number) await happens();
      return next(args);
    },
    { step: "initialize", name: "beforeUpdate" },
  );
}

describe("10,000 items", () => {
  it("are all upgraded once, over a dry run, a crash in the middle of a page, and a run that goes on", { timeout: 400_000 }, async () => {
    const table = await people(10_000);
    expect(await run(migrateItems(table, toVersion2, { dryRun: true, pageItems: 1_000 }))).toMatchObject({
      upgraded: 10_000,
      cursor: undefined,
    });
    expect(await countOf(table, "2")).toBe(0);

    // The process dies with updates on their way: some of them are done, some are not.
    let dead = false;
    beforeUpdate(table, 4_321, async () => {
      dead = true;
    });
    table.client.middlewareStack.add(
      (next) => async (args) => {
        if (dead) throw new Error("the process is dead");
        return next(args);
      },
      { step: "initialize", name: "death", priority: "low" },
    );
    let kept: string | undefined;
    let counted = 0;
    const dying = (async () => {
      for await (const page of migrateItems(table, toVersion2)) {
        kept = page.cursor;
        counted += page.upgraded;
      }
    })();
    await expect(dying).rejects.toMatchObject({ name: "TableError", verb: "table.migrate" });
    expect(counted).toBe(4_200);
    expect(kept).toBeTypeOf("string");

    dead = false;
    const done = await countOf(table, "2");
    expect(done).toBeGreaterThan(4_200);
    expect(done).toBeLessThan(10_000);
    const rest = await run(migrateItems(table, toVersion2, { cursor: kept }));
    expect(rest).toMatchObject({ upgraded: 10_000 - done, cursor: undefined });
    expect(await countOf(table, "1")).toBe(0);
    const { data } = await personV2(table).scan.go({ pages: "all" });
    const expected = Array.from({ length: 10_000 }, (_, index) => ({
      id: idOf(index),
      first_name: "Ada",
      last_name: `L${index}`,
      length_ms: index * 60_000,
      visits: 1,
    }));
    expect(data.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(expected);
    // From the start again: nothing is left to do.
    expect(await run(migrateItems(table, toVersion2, { pageItems: 1_000 }))).toMatchObject({ upgraded: 0 });
  });
});

it("an item that changes between its read and its write keeps both changes", async () => {
  const table = await people(10);
  const change = (id: string, expression: string, values: Record<string, { N: string } | { S: string }>) =>
    table.client.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: { pk: { S: `person#${id}` }, sk: { S: "person" } },
        UpdateExpression: expression,
        ExpressionAttributeValues: values,
      }),
    );
  let changed = false;
  beforeUpdate(table, 1, async () => {
    changed = true;
    await change("p00003", "SET minutes = :m", { ":m": { N: "99" } });
    // An attribute that the item did not have.
    await change("p00004", "SET nickname = :n", { ":n": { S: "Addy" } });
  });
  expect(await run(migrateItems(table, toVersion2))).toMatchObject({ upgraded: 10, changedMeanwhile: 1 });
  expect(changed).toBe(true);
  expect((await personV2(table).get({ id: "p00003" }).go()).data).toMatchObject({ length_ms: 99 * 60_000 });
  const raw = await personV2(table).get({ id: "p00004" }).go({ data: "raw" });
  expect(JSON.stringify(raw.data)).toContain("Addy");
});

it("an item that goes, or that another run upgrades, between its read and its write is let be", async () => {
  const table = await people(10);
  beforeUpdate(table, 1, async () => {
    await personV1(table).delete({ id: "p00003" }).go();
    await run(migrateItems(table, toVersion2));
  });
  await run(migrateItems(table, toVersion2));
  expect(await countOf(table, "2")).toBe(9);
  expect((await personV2(table).get({ id: "p00005" }).go()).data).toMatchObject({ length_ms: 5 * 60_000 });
});

it("items of other entities and versions are not touched", async () => {
  const table = await people(3);
  const requests = createRequestStore(table, createFakeClock());
  const { request } = await requests.create(sampleRequest());
  await personV2(table).put({ id: "new", first_name: "Bob", length_ms: 7 }).go();
  expect(await run(migrateItems(table, toVersion2, { pageItems: 1 }))).toMatchObject({ upgraded: 3 });
  expect(await requests.get(request)).toEqual(request);
  expect((await personV2(table).get({ id: "new" }).go()).data).toMatchObject({ first_name: "Bob", length_ms: 7 });
});

describe("is refused, with nothing written:", () => {
  it("an upgrade that changes a key", async () => {
    const table = await people(3);
    const moving: ItemMigration = { ...toVersion2, upgrade: (item) => ({ ...item, pk: { S: "person#elsewhere" } }) };
    await expect(run(migrateItems(table, moving))).rejects.toThrow(/changes an item's key/);
    await expect(run(migrateItems(table, moving, { dryRun: true }))).rejects.toThrow(/changes an item's key/);
    expect(await countOf(table, "1")).toBe(3);
  });

  it("a cursor that is none", async () => {
    const table = await people(1);
    await expect(run(migrateItems(table, toVersion2, { cursor: "nonsense" }))).rejects.toMatchObject({ name: "InvalidCursorError" });
    expect(await countOf(table, "1")).toBe(1);
  });

  it("a table that is not there", async () => {
    const table = { ...(await createTestTable()), tableName: "no-such-table" };
    await expect(run(migrateItems(table, toVersion2))).rejects.toMatchObject({ name: "TableError", kind: "missing" });
  });
});
