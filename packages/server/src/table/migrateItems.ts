import { ConditionalCheckFailedException, GetItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isDeepStrictEqual } from "node:util";
import { checkScanCursor } from "./cursor.ts";
import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";

/** An item as the table holds it, with ElectroDB's marks: `__edb_e__` the entity, `__edb_v__` its version. */
export type TableItem = Readonly<Record<string, AttributeValue>>;

/** From one version of an entity to the next. */
export interface ItemMigration {
  /** The entity's name, as in its model. */
  readonly entity: string;
  readonly from: string;
  readonly to: string;
  /**
   * The item as the new version has it; the marks are set for you. Must give the same for the same item, and may be called more than once.
   * The table's keys must stay; keys of indexes may change.
   */
  upgrade(item: TableItem): TableItem;
}

/** How items of an older version are upgraded. */
export interface MigrateOptions {
  /** Counts, and writes nothing. Default false. */
  readonly dryRun?: boolean;
  /** Where to go on: a page's cursor. Default: from the start, which passes over what is done. */
  readonly cursor?: string | undefined;
  /** Items that are read together, of all entities: 1 to 1,000. Default 200. */
  readonly pageItems?: number;
}

/** What has become of one page of the table. */
export interface MigratedPage {
  /** Items of the old version that were upgraded, or would be. */
  readonly upgraded: number;
  /** Of these, how many had changed since they were read, and were read again. */
  readonly changedMeanwhile: number;
  /** Where the next page begins: keep it, and a run that was ended goes on there. `undefined` on the last page. */
  readonly cursor: string | undefined;
}

/** Writes under way together. */
const GROUP_SIZE = 25;
/** An item that changes so often while it is upgraded is a defect. */
const MAX_TRIES = 10;
const VERB = "table.migrate";

/**
 * Upgrades all items of an entity's old version, page by page, while the system runs: each by one conditional update of the attributes that
 * differ, which loses to any change since the item was read; then it is read again. Whoever stops in between goes on by the last cursor, or
 * from the start: what is done is passed over.
 *
 * @throws {TableError} when the table does not answer. What was upgraded before stays.
 * @throws {InvalidCursorError} when the cursor is not one of a page.
 * @throws {TypeError} when `upgrade` changes the key of an item, before that item is written.
 */
export async function* migrateItems(
  config: TableConfig,
  migration: ItemMigration,
  options: MigrateOptions = {},
): AsyncGenerator<MigratedPage, void, void> {
  let cursor = options.cursor;
  do {
    const page = await readPage(config, migration, options.pageItems ?? 200, cursor);
    let changedMeanwhile = 0;
    for (let start = 0; start < page.items.length; start += GROUP_SIZE) {
      const group = page.items.slice(start, start + GROUP_SIZE);
      // All, also when one fails: nothing may be under way when this has thrown.
      const tries = await Promise.allSettled(
        group.map((item) => (options.dryRun === true ? dryUpgrade(item, migration) : upgradeOne(item, config, migration))),
      );
      for (const one of tries) {
        if (one.status === "rejected") throw one.reason;
        if (one.value > 1) changedMeanwhile += 1;
      }
    }
    cursor = page.cursor;
    yield { upgraded: page.items.length, changedMeanwhile, cursor };
  } while (cursor !== undefined);
}

async function readPage({ client, tableName }: TableConfig, { entity, from }: ItemMigration, limit: number, cursor: string | undefined) {
  const place = checkScanCursor(VERB, cursor);
  const start =
    place === null ? undefined : (JSON.parse(Buffer.from(place, "base64url").toString()) as { readonly pk: string; readonly sk: string });
  const { Items: items = [], LastEvaluatedKey: last } = await tableCall(VERB, () =>
    client.send(
      new ScanCommand({
        TableName: tableName,
        Limit: limit,
        ConsistentRead: true,
        FilterExpression: "#entity = :entity AND #version = :from",
        ExpressionAttributeNames: { "#entity": "__edb_e__", "#version": "__edb_v__" },
        ExpressionAttributeValues: { ":entity": { S: entity }, ":from": { S: from } },
        ...(start === undefined ? {} : { ExclusiveStartKey: { pk: { S: start.pk }, sk: { S: start.sk } } }),
      }),
    ),
  );
  const next = last && Buffer.from(JSON.stringify({ pk: last["pk"]?.S, sk: last["sk"]?.S })).toString("base64url");
  return { items, cursor: next };
}

async function dryUpgrade(item: TableItem, migration: ItemMigration): Promise<number> {
  changesOf(item, migration);
  return 1;
}

/** @returns how often it was tried. */
async function upgradeOne(found: TableItem, { client, tableName }: TableConfig, migration: ItemMigration): Promise<number> {
  let item: TableItem | undefined = found;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const key = keyOf(item);
    const update = new UpdateItemCommand({ TableName: tableName, Key: key, ...changesOf(item, migration) });
    if (await tableCall(VERB, () => wins(client.send(update)))) return tries;
    const again: { readonly Item?: TableItem | undefined } = await tableCall(VERB, () =>
      client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true })),
    );
    item = again.Item;
    // Gone meanwhile, or upgraded by another run: done.
    if (item === undefined || item["__edb_v__"]?.S !== migration.from) return tries + 1;
  }
  throw new Error(`An item was changed ${MAX_TRIES} times while it was upgraded. Run the migration again when there is less to do.`);
}

/** Whether a conditional write was done; `false` when its condition was lost. */
async function wins(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

const keyOf = (item: TableItem) => ({ pk: item["pk"] ?? { NULL: true }, sk: item["sk"] ?? { NULL: true } }) satisfies TableItem;

/** One update of what differs, on the condition that nothing has changed: attributes that came meanwhile are not of the old item, and stay. */
function changesOf(item: TableItem, migration: ItemMigration) {
  const { entity, to } = migration;
  const upgraded: TableItem = { ...migration.upgrade(item), __edb_e__: { S: entity }, __edb_v__: { S: to } };
  if (!isDeepStrictEqual(keyOf(upgraded), keyOf(item))) {
    throw new TypeError(
      `The migration of "${entity}" to version "${to}" changes an item's key. Make the new items beside the old ones instead.`,
    );
  }
  const names = [...new Set([...Object.keys(item), ...Object.keys(upgraded)])].filter((name) => name !== "pk" && name !== "sk");
  const all = names.map((name, index) => ({ name, alias: `#a${index}`, before: item[name], after: upgraded[name], value: `${index}` }));
  const differ = all.filter(({ before, after }) => !isDeepStrictEqual(before, after));
  const set = differ.flatMap(({ alias, after, value }) => (after === undefined ? [] : [`${alias} = :n${value}`]));
  const remove = differ.flatMap(({ alias, after }) => (after === undefined ? [alias] : []));
  return {
    UpdateExpression: [`SET ${set.join(", ")}`, ...(remove.length === 0 ? [] : [`REMOVE ${remove.join(", ")}`])].join(" "),
    ConditionExpression: all
      .map(({ alias, before, value }) => (before === undefined ? `attribute_not_exists(${alias})` : `${alias} = :o${value}`))
      .join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(all.map(({ alias, name }) => [alias, name])),
    ExpressionAttributeValues: Object.fromEntries(
      all.flatMap(({ value, before, after }) => [
        ...(before === undefined ? [] : [[`:o${value}`, before] as const]),
        ...(after === undefined || isDeepStrictEqual(before, after) ? [] : [[`:n${value}`, after] as const]),
      ]),
    ),
  };
}
