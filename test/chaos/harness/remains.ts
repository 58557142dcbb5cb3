import { readFile } from "node:fs/promises";
import type { EffectLine } from "../app/src/actions/work/behaviour.ts";
import type { History } from "../checker/history.ts";
import { readStatusChanges } from "./streamReader.ts";
import { createRawClient, readTable } from "./tableReader.ts";
import type { TableAddress } from "./tableReader.ts";

/** What a history leaves behind beside its transcripts: the table, its stream, and what the handlers wrote down. */
export async function readRemains(table: TableAddress, effectLog: string): Promise<Omit<History, "wanted" | "transcripts">> {
  const client = createRawClient(table);
  try {
    const { items, updates } = await readTable(client, table.tableName);
    return { items, updates, changes: await readStatusChanges(table), effects: await readEffects(effectLog) };
  } finally {
    client.destroy();
  }
}

/** In the order in which they were appended. */
export async function readEffects(path: string): Promise<readonly EffectLine[]> {
  const text = await readFile(path, "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EffectLine);
}
