import { REQUESTS_TOPIC } from "@streamer/protocol";

/**
 * Ids from tokens may hold any character; keys separate their parts by `#`. Encoded, no part can hold a `#`, so two different
 * (tenant, id) pairs never share a key, and the original can be had back.
 */
export function encodeKeyPart(id: string): string {
  return encodeURIComponent(id);
}

/**
 * The original of what `encodeKeyPart` gave.
 *
 * @throws {URIError} for what it never gives.
 */
export function decodeKeyPart(part: string): string {
  return decodeURIComponent(part);
}

/**
 * A topic within its tenant's keys: its name, or for one's own requests that and the user. No name of a topic holds a `#`, so no two meet.
 */
export function topicKey(name: string, userId: string): string {
  return name === REQUESTS_TOPIC ? ownRequestsKey(encodeKeyPart(userId)) : name;
}

/** The same, for a user as in the table's keys. */
export function ownRequestsKey(encodedUserId: string): string {
  return `${REQUESTS_TOPIC}#${encodedUserId}`;
}

/** The name of the topic with this key. */
export function topicOfKey(key: string): string {
  return key.split("#", 1)[0] ?? key;
}

/** Open work is spread over these partitions: one would be limited to 1,000 writes/s, and a throttled index throttles its table. */
export const WORK_SHARDS = 10;

/** FNV-1a: cheap, and spreads ids that differ only in their last characters. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Of open work, the partition that this id belongs to: 0 to `WORK_SHARDS` - 1. */
export function workShard(id: string): number {
  return fnv1a(id) % WORK_SHARDS;
}

/** A tenant's message group in the queues: eight hexadecimal digits, as a tenant's id may be longer than SQS takes, or of other characters. */
export function tenantGroup(tenantId: string): string {
  return fnv1a(tenantId).toString(16).padStart(8, "0");
}

/** Partition of the work index: what is open, and what failed and may be redriven. */
export function workPartition(kind: "open" | "failed", shard: number): string {
  return `${kind}#${shard}`;
}

/** Partition of the work index that an open connection stands in, so that all can be counted. */
export function activePartition(shard: number): string {
  return `connections#${shard}`;
}

/** The partition of a request and all that belongs to it, as `REQUEST_PARTITION` has ElectroDB make it. */
export function requestPartition({ tenantId, requestId }: { readonly tenantId: string; readonly requestId: string }): string {
  return `request#${encodeKeyPart(tenantId)}#${requestId}`;
}

/** Where the steps of a request are remembered: a partition of their own, so that a request's own page is not filled by them. */
export function stepPartition({ tenantId, requestId }: { readonly tenantId: string; readonly requestId: string }): string {
  return `step#${encodeKeyPart(tenantId)}#${requestId}`;
}
