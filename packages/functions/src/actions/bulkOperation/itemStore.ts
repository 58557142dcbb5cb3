import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { encodeKeyPart, TableError } from "@streamer/server";
import type { TableConfig } from "@streamer/server";
import { createBulkItemEntity } from "./entities.ts";
import type { WritableItem } from "./item.ts";
import { FIRST_PAUSE_MS, ITEM_TTL_SECONDS, MAX_PAUSE_MS, MAX_ROUNDS } from "./limits.ts";

/** The items of a collection of a tenant. */
export interface ItemStore {
  /**
   * Puts or deletes at most 25 items, none twice, in one call. What a throttled table leaves out is sent again after a pause, up to eight times.
   *
   * @returns what was not written in the end, or when the signal was aborted in a pause.
   * @throws {TableError} when the table does not answer or takes nothing at all: some may have been written, and writing them again does no harm.
   */
  write(
    operation: "put" | "delete",
    where: Collection,
    batch: readonly WritableItem[],
    signal: AbortSignal,
  ): Promise<readonly WritableItem[]>;
}

export interface Collection {
  readonly tenantId: string;
  readonly collection: string;
}

export interface ItemStoreDeps {
  readonly clock: Clock;
  /** From 0 to 1: the jitter of pauses. */
  readonly random: () => number;
}

export function createItemStore(config: TableConfig, { clock, random }: ItemStoreDeps): ItemStore {
  const entity = createBulkItemEntity(config);

  /** @returns the ids of what was left out. */
  const send = async (operation: "put" | "delete", { tenantId, collection }: Collection, batch: readonly WritableItem[]) => {
    const keys = batch.map(({ id }) => ({ tenant_id: encodeKeyPart(tenantId), collection, item_id: id }));
    const expires_at = Math.floor(clock.now() / 1000) + ITEM_TTL_SECONDS;
    try {
      const { unprocessed } =
        operation === "delete"
          ? await entity.delete(keys).go()
          : await entity.put(keys.map((key, index) => ({ ...key, data: batch[index]?.data ?? "", expires_at }))).go();
      return new Set(unprocessed.map(({ item_id }) => item_id));
    } catch (error) {
      throw new TableError(`bulkItem.${operation}`, error);
    }
  };

  return {
    async write(operation, where, batch, signal) {
      let left = batch;
      for (let round = 0; round <= MAX_ROUNDS && left.length > 0; round += 1) {
        if (round > 0 && !(await paused(pauseMs(round, random), clock, signal))) break;
        const ids = await send(operation, where, left);
        left = left.filter(({ id }) => ids.has(id));
      }
      return left;
    },
  };
}

/** Doubles each round, and is anything from half of it to the whole: writers that were throttled together must not come back together. */
function pauseMs(round: number, random: () => number): number {
  return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (round - 1)) * (0.5 + random() / 2);
}

/** `false` when the signal was aborted meanwhile. */
async function paused(ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(clock, ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
