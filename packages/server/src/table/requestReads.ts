import { DEFAULT_PAGE_LIMIT } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import { tableCall, TableError } from "./errors.ts";
import { encodeKeyPart, workPartition } from "./keys.ts";
import { keyOf } from "./requestTable.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import { fromItem } from "./storedRequest.ts";
import type { RequestItem, RequestRef, StoredRequest } from "./storedRequest.ts";

type Reads = Pick<
  RequestStore,
  | "get"
  | "getConsistent"
  | "payloadOf"
  | "resultOf"
  | "listByUser"
  | "listByTenant"
  | "listByConnection"
  | "listOpen"
  | "listDue"
  | "listFailed"
>;

/** All that reads requests, one by one and in lists. */
export function createRequestReads({ requests, payloads, results, clock }: RequestTable): Reads {
  const get = async (verb: string, ref: RequestRef, consistent: boolean): Promise<StoredRequest | undefined> => {
    const { data } = await tableCall(verb, () => requests.get(keyOf(ref)).go({ consistent }));
    return data === null || hasExpired(data, clock.now()) ? undefined : fromItem(data);
  };
  const toPage = (answer: { data: readonly RequestItem[]; cursor: string | null }): Page<StoredRequest> => {
    const live = answer.data.filter((item) => !hasExpired(item, clock.now()));
    return { items: live.map((item) => fromItem(item)), cursor: answer.cursor ?? undefined };
  };
  const work = async (verb: string, kind: "open" | "failed", shard: number, options: PageOptions): Promise<Page<StoredRequest>> => {
    const partition = { work: workPartition(kind, shard) };
    return toPage(await tableCall(verb, () => requests.query.work(partition).go(pageOptions("asc", options))));
  };

  return {
    get: (ref) => get("request.get", ref, false),
    getConsistent: (ref) => get("request.getConsistent", ref, true),

    async payloadOf(request) {
      if (request.payload !== undefined) return request.payload;
      const { data } = await tableCall("request.payloadOf", () => payloads.get(keyOf(request)).go({ consistent: true }));
      if (data === null) throw new TableError("request.payloadOf", new Error(`request ${request.requestId} has no payload item`));
      return data.body;
    },

    async resultOf(request) {
      if (request.result !== undefined) return { body: request.result, files: request.resultFiles };
      if (request.resultObject !== undefined) return { ...request.resultObject, files: request.resultFiles };
      const { data } = await tableCall("request.resultOf", () => results.get(keyOf(request)).go({ consistent: true }));
      if (data === null) throw new TableError("request.resultOf", new Error(`request ${request.requestId} has no result item`));
      return { body: data.body, files: request.resultFiles };
    },

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

    listOpen: (shard, options = {}) => work("request.listOpen", "open", shard, options),
    listFailed: (shard, options = {}) => work("request.listFailed", "failed", shard, options),

    async listDue(shard, at, options = {}) {
      const partition = { work: workPartition("open", shard) };
      return toPage(
        await tableCall("request.listDue", () => requests.query.work(partition).lte({ due_at: at }).go(pageOptions("asc", options))),
      );
    },
  };
}

function pageOptions<Order extends "asc" | "desc">(order: Order, options: PageOptions) {
  return { hydrate: true, order, limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor: options.cursor ?? null } as const;
}

/** DynamoDB deletes expired items late: a read must not see them before. */
function hasExpired(item: RequestItem, nowMs: number): boolean {
  return item.expires_at * 1000 <= nowMs;
}
