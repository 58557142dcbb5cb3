import * as v from "valibot";
import { parse } from "./requestImage.ts";

/** A frame of a client, as far as hops care. */
export interface SeenFrame {
  readonly type: string;
  /** Of a submission. */
  readonly action: string | undefined;
  /** The requests it is about; none when it is about something else, or leaves the id to the server. */
  readonly requestIds: readonly string[];
}

const frame = v.object({
  type: v.optional(v.string(), "request"),
  id: v.optional(v.string()),
  request_id: v.optional(v.string()),
  batch_id: v.optional(v.string()),
  action: v.optional(v.string()),
  first: v.optional(v.number(), 0),
  count: v.optional(v.number()),
  payloads: v.optional(v.array(v.unknown())),
});
/** No batch message names more: whoever claims to is not believed. */
const MAX_ITEMS = 1_000;

/** `undefined` for what is no message. */
export function readFrame(text: string): SeenFrame | undefined {
  const read = v.safeParse(frame, parse(text));
  if (!read.success) return undefined;
  const { type, action, id, request_id: requestId, batch_id: batchId, first, count, payloads } = read.output;
  const own = requestId ?? id;
  const items = Math.min(MAX_ITEMS, payloads?.length ?? count ?? 0);
  const inBatch = batchId === undefined ? [] : Array.from({ length: items }, (_, index) => `${batchId}.${first + index}`);
  return { type, action, requestIds: own === undefined ? inBatch : [own] };
}

/** What an answer says of one request. */
export interface SeenAnswer {
  readonly requestId: string;
  /** The message's type, `acknowledgment` for a batch's item that was taken. */
  readonly type: string;
  readonly percentage: number | undefined;
  /** Of an error; of an answer that is one. */
  readonly code: string | undefined;
  /** Whether it ends the request. */
  readonly final: boolean;
  /** It was submitted before. */
  readonly duplicate: boolean;
}

const error = v.object({ code: v.string() });
const item = v.object({
  n: v.number(),
  duplicate: v.optional(v.boolean(), false),
  error: v.optional(error),
  outcome: v.optional(v.object({ type: v.string(), error: v.optional(error) })),
});
const answer = v.object({
  type: v.string(),
  request_id: v.optional(v.string()),
  batch_id: v.optional(v.string()),
  percentage: v.optional(v.number()),
  duplicate: v.optional(v.boolean(), false),
  error: v.optional(error),
  final: v.optional(v.boolean(), false),
  items: v.optional(v.array(item), []),
});
const ENDS = new Set(["response", "complete", "cancelled"]);

/** What a message of the server says of requests; nothing of one that is about none. */
export function readAnswer(text: string): readonly SeenAnswer[] {
  const read = v.safeParse(answer, parse(text));
  if (!read.success) return [];
  const { type, request_id: requestId, batch_id: batchId, percentage, duplicate, error: failure, final, items } = read.output;
  if (requestId !== undefined) {
    return [{ requestId, type, percentage, code: failure?.code, final: final || ENDS.has(type), duplicate }];
  }
  if (batchId === undefined) return [];
  return items.map(({ n, outcome, ...one }) => ({
    requestId: `${batchId}.${n}`,
    type: one.error === undefined ? (outcome?.type ?? "acknowledgment") : "error",
    percentage: undefined,
    code: (one.error ?? outcome?.error)?.code,
    final: outcome !== undefined,
    duplicate: one.duplicate,
  }));
}
