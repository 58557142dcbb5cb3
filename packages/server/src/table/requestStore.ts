import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { Service } from "electrodb";
import { DEFAULT_PAGE_LIMIT } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import { createAsyncRequestEntity } from "./entities/asyncRequestEntity.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestPayloadEntity, createRequestResultEntity } from "./entities/requestParts.ts";
import { tableCall, TableError } from "./errors.ts";
import { encodeKeyPart, tenantGroup, workPartition, workShard } from "./keys.ts";
import type { Progress, RequestStore, TransitionResult } from "./requestVerbs.ts";
import { fromItem } from "./storedRequest.ts";
import type { RequestItem, RequestRef, StoredRequest } from "./storedRequest.ts";
import { conditionOf } from "./transitions.ts";
import type { ClauseWriter, GuardValues, TransitionName } from "./transitions.ts";

/** Bodies over this stand in an item of their own: every heartbeat bills the whole request item. */
export const INLINE_BODY_BYTES = 4 * 1024;
/** How long a request may wait for its event before the sweeper looks at it. */
export const DISPATCH_GRACE_MS = 60_000;

/** What an ended request no longer has. The two of the work index go together, or the index would keep it. */
const OPEN_ATTRIBUTES = ["work", "due_at", "lease_expires_at"] as const;

type Changes = {
  readonly set: Parameters<ReturnType<ReturnType<typeof createAsyncRequestEntity>["patch"]>["set"]>[0];
  readonly add?: { readonly attempt: number };
  readonly remove?: readonly ((typeof OPEN_ATTRIBUTES)[number] | "retry_at")[];
};

export function createRequestStore(config: TableConfig, clock: Clock): RequestStore {
  const requests = createAsyncRequestEntity(config);
  const payloads = createRequestPayloadEntity(config);
  const results = createRequestResultEntity(config);
  const service = new Service({ requests, payloads, results }, { client: config.client, table: config.tableName });

  const key = (ref: RequestRef) => ({ tenant_id: encodeKeyPart(ref.tenantId), request_id: ref.requestId });
  const expiresAt = (): number => Math.floor(clock.now() / 1000) + REQUEST_TTL_SECONDS;

  /** One transition as one conditional update. What it removes and what it sets are the caller's; the clauses are the table's. */
  const transition = async (name: TransitionName, ref: RequestRef, values: GuardValues, changes: Changes): Promise<TransitionResult> => {
    const answer = await tableCall(`request.${name}`, () =>
      requests
        .patch(key(ref))
        .set(changes.set)
        .add(changes.add ?? {})
        .remove([...(changes.remove ?? [])])
        .where((attributes, operations) => conditionOf(name, clauseWriter(attributes, operations), values))
        .go({ response: "all_new", returnOnConditionCheckFailure: "all_old" }),
    );
    if (!answer.rejected) return { done: true, request: fromItem(answer.data) };
    return { done: false, request: answer.data === null ? undefined : fromItem(answer.data) };
  };

  const progressFields = (progress: Progress | undefined) =>
    progress === undefined ? {} : { last_progress: progress.percentage, last_message: progress.message, last_update: progress.at };

  const openWork = (ref: RequestRef, dueAt: number) => ({ work: workPartition("open", workShard(ref.requestId)), due_at: dueAt });

  const get = async (verb: string, ref: RequestRef, consistent: boolean): Promise<StoredRequest | undefined> => {
    const { data } = await tableCall(verb, () => requests.get(key(ref)).go({ consistent }));
    return data === null || hasExpired(data, clock.now()) ? undefined : fromItem(data);
  };
  const toPage = (answer: { data: readonly RequestItem[]; cursor: string | null }): Page<StoredRequest> => {
    const live = answer.data.filter((item) => !hasExpired(item, clock.now()));
    return { items: live.map((item) => fromItem(item)), cursor: answer.cursor ?? undefined };
  };

  return {
    async create(request) {
      const now = clock.now();
      const inline = Buffer.byteLength(request.payload) <= INLINE_BODY_BYTES;
      const item = {
        ...key(request),
        tenant_group: tenantGroup(request.tenantId),
        user_id: encodeKeyPart(request.userId),
        connection_id: request.connectionId,
        action: request.action,
        payload_hash: request.payloadHash,
        correlation_id: request.correlationId,
        status: "pending",
        attempt: 0,
        created_at: now,
        dispatches: 0,
        expires_at: expiresAt(),
        ...openWork(request, now + DISPATCH_GRACE_MS),
        ...(request.metadata === undefined ? {} : { metadata: JSON.stringify(request.metadata) }),
        ...(inline ? { payload: request.payload } : {}),
      } as const;
      if (inline) {
        const answer = await tableCall("request.create", () => requests.create(item).go({ returnOnConditionCheckFailure: "all_old" }));
        if (!answer.rejected) return { created: true, request: fromItem(answer.data) };
        return { created: false, request: taken("request.create", answer.data) };
      }
      const body = { ...key(request), body: request.payload, expires_at: item.expires_at };
      const answer = await tableCall("request.create", () =>
        service.transaction
          .write((entities) => [entities.requests.create(item).commit({ response: "all_old" }), entities.payloads.put(body).commit()])
          .go(),
      );
      if (!answer.canceled) return { created: true, request: fromItem(item) };
      return { created: false, request: taken("request.create", answer.data[0]?.item) };
    },

    get: (ref) => get("request.get", ref, false),
    getConsistent: (ref) => get("request.getConsistent", ref, true),

    async payloadOf(request) {
      if (request.payload !== undefined) return request.payload;
      const { data } = await tableCall("request.payloadOf", () => payloads.get(key(request)).go({ consistent: true }));
      if (data === null) throw new TableError("request.payloadOf", new Error(`request ${request.requestId} has no payload item`));
      return data.body;
    },

    async resultOf(request) {
      if (request.result !== undefined) return { body: request.result, files: request.resultFiles };
      const { data } = await tableCall("request.resultOf", () => results.get(key(request)).go({ consistent: true }));
      if (data === null) throw new TableError("request.resultOf", new Error(`request ${request.requestId} has no result item`));
      return { body: data.body, files: request.resultFiles };
    },

    claim(ref, leaseMs) {
      const now = clock.now();
      const lease = now + leaseMs;
      return transition(
        "claim",
        ref,
        { now },
        {
          set: { status: "processing", lease_expires_at: lease, started_at: now, ...openWork(ref, lease) },
          add: { attempt: 1 },
          remove: ["retry_at"],
        },
      );
    },

    // The work index is left alone: two more writes each ten seconds would buy nothing, the sweeper re-checks what is due.
    heartbeat: (ref, attempt, leaseMs, progress) =>
      transition("heartbeat", ref, { attempt }, { set: { lease_expires_at: clock.now() + leaseMs, ...progressFields(progress) } }),

    release(ref, attempt) {
      const now = clock.now();
      return transition("release", ref, { attempt }, { set: { lease_expires_at: now, ...openWork(ref, now) } });
    },

    async complete(ref, attempt, result, progress) {
      const inline = Buffer.byteLength(result.body) <= INLINE_BODY_BYTES;
      const changes = {
        set: {
          status: "completed",
          ended_at: clock.now(),
          ...progressFields(progress),
          ...(inline ? { result: result.body } : {}),
          ...(Object.keys(result.files).length === 0 ? {} : { result_files: JSON.stringify(result.files) }),
        },
        remove: OPEN_ATTRIBUTES,
      } as const;
      if (inline) return transition("complete", ref, { attempt }, changes);
      const body = { ...key(ref), body: result.body, expires_at: expiresAt() };
      const answer = await tableCall("request.complete", () =>
        service.transaction
          .write((entities) => [
            entities.requests
              .patch(key(ref))
              .set(changes.set)
              .remove([...OPEN_ATTRIBUTES])
              .where((attributes, operations) => conditionOf("complete", clauseWriter(attributes, operations), { attempt }))
              .commit({ response: "all_old" }),
            entities.results.put(body).commit(),
          ])
          .go(),
      );
      if (!answer.canceled) return { done: true };
      const [settled] = answer.data;
      if (settled.code === "ConditionalCheckFailed" && settled.item === null) return { done: false, request: undefined };
      return { done: false, request: taken("request.complete", settled.item) };
    },

    fail(ref, attempt, failure, progress) {
      const now = clock.now();
      // Failed requests stay in the index, in partitions of their own: the dead letters that can be redriven.
      const work = { work: workPartition("failed", workShard(ref.requestId)), due_at: now };
      return transition(
        "fail",
        ref,
        { attempt },
        {
          set: { status: "failed", ended_at: now, error: JSON.stringify(failure), ...progressFields(progress), ...work },
          remove: ["lease_expires_at"],
        },
      );
    },

    stop: (ref, attempt, progress) =>
      transition(
        "stop",
        ref,
        { attempt },
        {
          set: { status: "cancelled", ended_at: clock.now(), ...progressFields(progress) },
          remove: OPEN_ATTRIBUTES,
        },
      ),

    cancel(ref, reason) {
      const now = clock.now();
      return transition(
        "cancel",
        ref,
        {},
        {
          set: { status: "cancelled", ended_at: now, cancel_requested_at: now, ...reasonField(reason) },
          remove: ["work", "due_at", "retry_at"],
        },
      );
    },

    requestCancel: (ref, reason) =>
      transition("requestCancel", ref, {}, { set: { cancel_requested_at: clock.now(), ...reasonField(reason) } }),

    async listByUser(tenantId, userId, options = {}) {
      const partition = { tenant_id: encodeKeyPart(tenantId), user_id: encodeKeyPart(userId) };
      return toPage(await tableCall("request.listByUser", () => requests.query.byUser(partition).go(pageOptions("desc", options))));
    },

    async listByTenant(tenantId, options = {}) {
      const partition = { tenant_id: encodeKeyPart(tenantId) };
      return toPage(await tableCall("request.listByTenant", () => requests.query.byTenant(partition).go(pageOptions("desc", options))));
    },

    async listByConnection(connectionId, options = {}) {
      const partition = { connection_id: connectionId };
      return toPage(
        await tableCall("request.listByConnection", () => requests.query.byConnection(partition).go(pageOptions("desc", options))),
      );
    },

    async listOpen(shard, options = {}) {
      const partition = { work: workPartition("open", shard) };
      return toPage(await tableCall("request.listOpen", () => requests.query.work(partition).go(pageOptions("asc", options))));
    },
  };
}

function reasonField(reason: string | undefined) {
  return reason === undefined ? {} : { cancel_reason: reason };
}

/** ElectroDB's attributes and operations, as the clauses need them. */
function clauseWriter<Attribute>(
  attributes: Record<"status" | "attempt" | "retry_at" | "lease_expires_at", Attribute>,
  operations: { eq(attribute: Attribute, value: unknown): string; lte(attribute: Attribute, value: unknown): string },
): ClauseWriter {
  return {
    equals: (attribute, value) => operations.eq(attributes[attribute], value),
    atMost: (attribute, value) => operations.lte(attributes[attribute], value),
  };
}

function pageOptions<Order extends "asc" | "desc">(order: Order, options: PageOptions) {
  return { hydrate: true, order, limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor: options.cursor ?? null } as const;
}

/** DynamoDB deletes expired items late: a read must not see them before. */
function hasExpired(item: RequestItem, nowMs: number): boolean {
  return item.expires_at * 1000 <= nowMs;
}

/** Who holds the id. Without an item the write lost for another reason, such as a conflict between transactions: to be tried again. */
function taken(verb: string, item: Partial<RequestItem> | null | undefined): StoredRequest {
  if (item === null || item === undefined) throw new TableError(verb, new Error("the write was refused without a reason"));
  // ALL_OLD gives the whole item; its type only says so for single writes.
  return fromItem(item as RequestItem);
}
