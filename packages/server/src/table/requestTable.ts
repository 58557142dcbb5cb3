import type { Clock } from "@streamer/protocol";
import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import { Service } from "electrodb";
import { createAsyncRequestEntity } from "./entities/asyncRequestEntity.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestPayloadEntity, createRequestResultEntity } from "./entities/requestParts.ts";
import { tableCall, TableError } from "./errors.ts";
import { encodeKeyPart, workPartition, workShard } from "./keys.ts";
import type { Failure, Progress, TransitionResult } from "./requestVerbs.ts";
import { fromItem } from "./storedRequest.ts";
import type { RequestItem, RequestRef, StoredRequest } from "./storedRequest.ts";
import { ItemConflictError } from "./tableFailure.ts";
import { conditionOf } from "./transitions.ts";
import type { ClauseWriter, GuardValues, TransitionName } from "./transitions.ts";

/** Bodies over this stand in an item of their own: every heartbeat bills the whole request item. */
export const INLINE_BODY_BYTES = 4 * 1024;
/** How long a request may wait for its event, or be overdue, before the sweeper looks at it. */
export const DISPATCH_GRACE_MS = 60_000;
const MAX_REASON_CHARS = 1_024;

/** What an ended request no longer has. The two of the work index go together, or the index would keep it. */
export const OPEN_ATTRIBUTES = ["work", "due_at", "lease_expires_at"] as const;

type Removable =
  | (typeof OPEN_ATTRIBUTES)[number]
  | "retry_at"
  | "started_at"
  | "ended_at"
  | "cancel_requested_at"
  | "cancel_reason"
  | "last_progress"
  | "last_message"
  | "last_update"
  | "error"
  | "failure_reason";

export interface Changes {
  readonly set: Parameters<ReturnType<ReturnType<typeof createAsyncRequestEntity>["patch"]>["set"]>[0];
  readonly add?: { readonly attempt?: number; readonly dispatches?: number; readonly uncounted_attempts?: number };
  readonly remove?: readonly Removable[];
}

/** What the verbs of requests are made of: the entities, and one transition as one conditional update. */
export interface RequestTable {
  readonly requests: ReturnType<typeof createAsyncRequestEntity>;
  readonly payloads: ReturnType<typeof createRequestPayloadEntity>;
  readonly results: ReturnType<typeof createRequestResultEntity>;
  readonly service: ReturnType<typeof createService>;
  readonly clock: Clock;
  /** Unix seconds. */
  readonly expiresAt: () => number;
  /** What the transition removes and sets is the caller's; the clauses are the table's. */
  readonly transition: (name: TransitionName, ref: RequestRef, values: GuardValues, changes: Changes) => Promise<TransitionResult>;
}

export function createRequestTable(config: TableConfig, clock: Clock): RequestTable {
  const requests = createAsyncRequestEntity(config);
  const payloads = createRequestPayloadEntity(config);
  const results = createRequestResultEntity(config);
  return {
    requests,
    payloads,
    results,
    service: createService({ requests, payloads, results }, config),
    clock,
    expiresAt: () => Math.floor(clock.now() / 1000) + REQUEST_TTL_SECONDS,
    async transition(name, ref, values, changes) {
      const answer = await tableCall(`request.${name}`, () =>
        requests
          .patch(keyOf(ref))
          .set(changes.set)
          .add(changes.add ?? {})
          .remove([...(changes.remove ?? [])])
          .where((attributes, operations) => conditionOf(name, clauseWriter(attributes, operations), values))
          .go({ response: "all_new", returnOnConditionCheckFailure: "all_old" }),
      );
      if (!answer.rejected) return { done: true, request: fromItem(answer.data) };
      return { done: false, request: answer.data === null ? undefined : fromItem(answer.data) };
    },
  };
}

function createService(entities: Pick<RequestTable, "requests" | "payloads" | "results">, { client, tableName }: TableConfig) {
  return new Service(entities, { client, table: tableName });
}

export function keyOf(ref: RequestRef): { readonly tenant_id: string; readonly request_id: string } {
  return { tenant_id: encodeKeyPart(ref.tenantId), request_id: ref.requestId };
}

export function progressFields(progress: Progress | undefined) {
  if (progress === undefined) return {};
  const { percentage, message, at, sequence = 0 } = progress;
  return { last_progress: percentage, last_message: message, last_update: at, ...(sequence === 0 ? {} : { last_sequence: sequence }) };
}

export function openWork(ref: RequestRef, dueAt: number) {
  return { work: workPartition("open", workShard(ref.requestId)), due_at: dueAt };
}

/** A failed request stays in the index, in partitions of their own: the dead letters that can be redriven. */
export function failureFields(ref: RequestRef, { code, details, reason }: Failure, now: number) {
  return {
    status: "failed",
    ended_at: now,
    error: JSON.stringify({ code, ...(details === undefined ? {} : { details }) }),
    ...reasonFields(reason),
    work: workPartition("failed", workShard(ref.requestId)),
    due_at: now,
  } as const;
}

export function reasonFields(reason: string | undefined) {
  return reason === undefined ? {} : { failure_reason: reason.slice(0, MAX_REASON_CHARS) };
}

/** ElectroDB's attributes and operations, as the clauses need them. */
export function clauseWriter<Attribute>(
  attributes: Record<"status" | "attempt" | "retry_at" | "lease_expires_at" | "cancel_requested_at" | "due_at", Attribute>,
  operations: {
    eq(attribute: Attribute, value: unknown): string;
    lte(attribute: Attribute, value: unknown): string;
    notExists(attribute: Attribute): string;
  },
): ClauseWriter {
  return {
    equals: (attribute, value) => operations.eq(attributes[attribute], value),
    atMost: (attribute, value) => operations.lte(attributes[attribute], value),
    absent: (attribute) => operations.notExists(attributes[attribute]),
  };
}

/** Who holds the id. Without an item the write lost for another reason, such as a conflict between transactions: to be tried again. */
export function taken(verb: string, item: Partial<RequestItem> | null | undefined): StoredRequest {
  if (item === null || item === undefined) throw new TableError(verb, new ItemConflictError());
  // ALL_OLD gives the whole item; its type only says so for single writes.
  return fromItem(item as RequestItem);
}
