import { setTimeout as delay } from "node:timers/promises";
import { nameOf, TERMINAL_STATUSES } from "../checker/history.ts";
import { letMinutesPass } from "./letMinutesPass.ts";
import { createRawClient, readTable } from "./tableReader.ts";
import type { TableAddress } from "./tableReader.ts";

/** All is to end within this, once the storm is over. */
const DRAIN_MS = 120_000;
const POLL_MS = 500;
/** When nothing has happened for so long, longer than any attempt and any fault takes, what still waits is not on its way any more. */
const QUIET_MS = 2_500;

/** The storm goes on for at most so long after the last request was sent. */
const STORM_MS = 15_000;
/** And until this share of the requests has ended: in a storm the rest may take very long. */
const MOST = 0.8;

/** Resolves when most requests have ended, or the storm has lasted long enough. */
export async function mostlyEnded(table: TableAddress, requests: number): Promise<void> {
  const client = createRawClient(table);
  const until = performance.now() + STORM_MS;
  try {
    while (performance.now() < until) {
      const { items } = await readTable(client, table.tableName);
      if (items.filter(({ status }) => TERMINAL_STATUSES.has(status)).length >= MOST * requests) return;
      await delay(POLL_MS);
    }
  } finally {
    client.destroy();
  }
}

/** Resolves when every request in the table has ended and no client waits to be answered; or when the time is over: then the checker says what is missing. */
export async function drained(table: TableAddress, isAnswered: () => boolean): Promise<void> {
  const client = createRawClient(table);
  const until = performance.now() + DRAIN_MS;
  let before = "";
  let changedAt = performance.now();
  try {
    while (performance.now() < until) {
      const { items } = await readTable(client, table.tableName);
      if (items.every(({ status }) => TERMINAL_STATUSES.has(status)) && isAnswered()) return;
      const state = JSON.stringify(items.map((item) => `${nameOf(item)} ${item.status} ${item.attempt}`).toSorted());
      if (state !== before) changedAt = performance.now();
      before = state;
      if (performance.now() - changedAt > QUIET_MS) {
        await letMinutesPass(client, table.tableName);
        changedAt = performance.now();
      }
      await delay(POLL_MS);
    }
  } finally {
    client.destroy();
  }
}
