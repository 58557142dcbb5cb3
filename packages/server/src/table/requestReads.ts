import { DEFAULT_PAGE_LIMIT } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import { checkCursor } from "./cursor.ts";
import { tableCall, TableError } from "./errors.ts";
import { encodeKeyPart, requestPartition, workPartition } from "./keys.ts";
import { keyOf } from "./requestTable.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import { fromItem } from "./storedRequest.ts";
import type { RequestItem, RequestRef, StoredRequest } from "./storedRequest.ts";
import { UnreadableItemError } from "./tableFailure.ts";
import { untilDone } from "./untilDone.ts";

type Reads = Pick<
  RequestStore,
  | "get"
  | "getConsistent"
  | "getMany"
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
    const query = () => requests.query.work({ work: workPartition(kind, shard) });
    const cursor = checkCursor(verb, options.cursor, query().params());
    return toPage(await tableCall(verb, () => query().go(pageOptions("asc", options, cursor))));
  };

  return {
    get: (ref) => get("request.get", ref, false),
    getConsistent: (ref) => get("request.getConsistent", ref, true),

    async getMany(refs, { consistent = false } = {}) {
      const found = new Map<string, StoredRequest>();
      const verb = consistent ? "request.getMany consistent" : "request.getMany";
      await untilDone(verb, refs.map(keyOf), clock, async (keys) => {
        const { data, unprocessed } = await requests.get([...keys]).go({ consistent, concurrent: 10 });
        for (const item of data) {
          if (!hasExpired(item, clock.now())) found.set(requestPartition(fromItem(item)), fromItem(item));
        }
        return unprocessed;
      });
      return refs.map((ref) => found.get(requestPartition(ref)));
    },

    async payloadOf(request) {
      if (request.payload !== undefined) return request.payload;
      const { data } = await tableCall("request.payloadOf", () => payloads.get(keyOf(request)).go({ consistent: true }));
      if (data === null)
        throw new TableError("request.payloadOf", new UnreadableItemError(`request ${request.requestId} has no payload item`));
      return data.body;
    },

    async resultOf(request) {
      if (request.result !== undefined) return { body: request.result, files: request.resultFiles };
      if (request.resultObject !== undefined) return { ...request.resultObject, files: request.resultFiles };
      const { data } = await tableCall("request.resultOf", () => results.get(keyOf(request)).go({ consistent: true }));
      if (data === null)
        throw new TableError("request.resultOf", new UnreadableItemError(`request ${request.requestId} has no result item`));
      return { body: data.body, files: request.resultFiles };
    },

    async listByUser(tenantId, userId, options = {}) {
      const query = () => requests.query.byUser({ tenant_id: encodeKeyPart(tenantId), user_id: encodeKeyPart(userId) });
      const cursor = checkCursor("request.listByUser", options.cursor, query().params());
      return toPage(await tableCall("request.listByUser", () => query().go(pageOptions("desc", options, cursor))));
    },

    async listByTenant(tenantId, options = {}) {
      const query = () => requests.query.byTenant({ tenant_id: encodeKeyPart(tenantId) });
      const cursor = checkCursor("request.listByTenant", options.cursor, query().params());
      return toPage(await tableCall("request.listByTenant", () => query().go(pageOptions("desc", options, cursor))));
    },

    async listByConnection(connectionId, options = {}) {
      const query = () => requests.query.byConnection({ connection_id: connectionId });
      const cursor = checkCursor("request.listByConnection", options.cursor, query().params());
      return toPage(await tableCall("request.listByConnection", () => query().go(pageOptions("desc", options, cursor))));
    },

    listOpen: (shard, options = {}) => work("request.listOpen", "open", shard, options),
    listFailed: (shard, options = {}) => work("request.listFailed", "failed", shard, options),

    async listDue(shard, at, options = {}) {
      const query = () => requests.query.work({ work: workPartition("open", shard) }).lte({ due_at: at });
      const cursor = checkCursor("request.listDue", options.cursor, query().params());
      return toPage(await tableCall("request.listDue", () => query().go(pageOptions("asc", options, cursor))));
    },
  };
}

function pageOptions<Order extends "asc" | "desc">(order: Order, options: PageOptions, cursor: string | null) {
  return { hydrate: true, order, limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor } as const;
}

/** DynamoDB deletes expired items late: a read must not see them before. */
function hasExpired(item: RequestItem, nowMs: number): boolean {
  return item.expires_at * 1000 <= nowMs;
}
