/**
 * Ids from tokens may hold any character; keys separate their parts by `#`. Encoded, no part can hold a `#`, so two different
 * (tenant, id) pairs never share a key, and the original can be had back.
 */
export function encodeKeyPart(id: string): string {
  return encodeURIComponent(id);
}

export function decodeKeyPart(part: string): string {
  return decodeURIComponent(part);
}

/** Open work is spread over these partitions: one would be limited to 1,000 writes/s, and a throttled index throttles its table. */
export const WORK_SHARDS = 10;

/** FNV-1a: cheap, and spreads ids that differ only in their last characters. */
export function workShard(requestId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < requestId.length; index += 1) {
    hash = Math.imul(hash ^ requestId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % WORK_SHARDS;
}

/** Partition of the work index: what is open, and what failed and may be redriven. */
export function workPartition(kind: "open" | "failed", shard: number): string {
  return `${kind}#${shard}`;
}
