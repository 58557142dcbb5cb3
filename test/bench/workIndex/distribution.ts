import { randomUUID } from "node:crypto";
import { WORK_SHARDS, workShard } from "@streamer/server";

/** How ids fall into the partitions of the work index. */
export interface Distribution {
  readonly ids: number;
  /** Ids of each shard. */
  readonly shards: readonly number[];
  /** The fullest shard's part of an even share: 1 is even. */
  readonly fullest: number;
}

/** What one partition of a table or an index takes in a second. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
export const PARTITION_WRITE_UNITS = 1_000;

export function distributionOf(ids: Iterable<string>): Distribution {
  const shards = Array.from({ length: WORK_SHARDS }, () => 0);
  let count = 0;
  for (const id of ids) {
    const shard = workShard(id);
    shards[shard] = (shards[shard] ?? 0) + 1;
    count += 1;
  }
  return { ids: count, shards, fullest: (Math.max(...shards) * WORK_SHARDS) / count };
}

/**
 * Writes a second that an index whose keys spread so takes before its fullest partition throttles, and with it the table.
 *
 * @param partitions how many keys the index has; 1 for a key such as the status alone.
 */
export function writesPerSecond(fullest: number, partitions: number): number {
  return Math.floor((PARTITION_WRITE_UNITS * partitions) / fullest);
}

/** Ids as clients make them. */
export const ID_KINDS: Readonly<Record<string, (count: number) => Iterable<string>>> = {
  "random (the client's own)": (count) => made(count, () => randomUUID()),
  "numbered (`order-17`)": (count) => made(count, (index) => `order-${index}`),
  "items of batches of 1,000": (count) => made(count, (index) => `${batchOf(Math.floor(index / 1_000))}.${index % 1_000}`),
  "times in ms, one each": (count) => made(count, (index) => String(1_800_000_000_000 + index)),
};

function* made(count: number, id: (index: number) => string): Iterable<string> {
  for (let index = 0; index < count; index += 1) yield id(index);
}

/** The same each time, so that the ids of a batch share it. */
function batchOf(index: number): string {
  return `b${(index * 2_654_435_761) % 4_294_967_296}`;
}
