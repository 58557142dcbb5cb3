import { isTerminal } from "@streamer/protocol";
import type { RequestStatus } from "@streamer/protocol";
import { WORK_SHARDS, workShard } from "@streamer/server";
import type { RequestStore, StoredRequest } from "@streamer/server";

export interface ListFilter {
  /** Without one: the open and the failed requests of all. */
  readonly tenant?: string | undefined;
  /** Of the tenant; needs one. */
  readonly user?: string | undefined;
  /** That it submitted; needs no tenant. */
  readonly connection?: string | undefined;
  readonly status?: RequestStatus | undefined;
  readonly action?: string | undefined;
  /** What a failed one failed with. */
  readonly code?: string | undefined;
  readonly limit: number;
}

export interface RequestList {
  readonly requests: readonly StoredRequest[];
  /** Whether the limit cut it. */
  readonly more: boolean;
}

export type RequestLists = Pick<RequestStore, "listByUser" | "listByTenant" | "listByConnection" | "listOpen" | "listFailed">;

type Work = "open" | "failed";
type Wanted = (request: StoredRequest) => boolean;
type ListPage = (options: { readonly limit: number; readonly cursor: string | undefined }) => ReturnType<RequestLists["listOpen"]>;

/** The most that one read of whole items gives. */
const PAGE_LIMIT = 100;
const SHARDS = Array.from({ length: WORK_SHARDS }, (_, shard) => shard);

/**
 * Of a tenant, one of its users, or one connection, newest first. Of all tenants, from the work index: first the open ones, those due first, then the failed
 * ones, longest failed first; completed and cancelled requests are in no index of all tenants.
 */
export async function listRequests(lists: RequestLists, filter: ListFilter): Promise<RequestList> {
  const { limit } = filter;
  const wanted = matching(filter);
  const list = indexOf(lists, filter);
  // One more than asked for tells whether there are more.
  const found = list === undefined ? await fromWork(lists, workOf(filter.status), wanted, limit + 1) : await take(list, wanted, limit + 1);
  return { requests: found.slice(0, limit), more: found.length > limit };
}

/** The list of whom is asked for; `undefined`: of all. */
function indexOf(lists: RequestLists, { tenant, user, connection }: ListFilter): ListPage | undefined {
  if (connection !== undefined) return (options) => lists.listByConnection(connection, options);
  if (tenant === undefined) return undefined;
  return user === undefined ? (options) => lists.listByTenant(tenant, options) : (options) => lists.listByUser(tenant, user, options);
}

/** The open and failed requests of this id, of all tenants. Reads a tenth of the work index. */
export async function findInWork(lists: RequestLists, requestId: string): Promise<readonly StoredRequest[]> {
  const shard = workShard(requestId);
  const ofThisId: Wanted = (request) => request.requestId === requestId;
  const found = await Promise.all(
    (["open", "failed"] as const).map((work) => take(inShard(lists, work, shard), ofThisId, Number.POSITIVE_INFINITY)),
  );
  // One that moves from one to the other meanwhile may be found in both.
  return [...new Map(found.flat().map((request) => [request.tenantId, request])).values()];
}

function matching({ tenant, user, status, action, code }: ListFilter): Wanted {
  return (request) =>
    (tenant === undefined || request.tenantId === tenant) &&
    (user === undefined || request.userId === user) &&
    (status === undefined || request.status === status) &&
    (action === undefined || request.action === action) &&
    (code === undefined || request.error?.code === code);
}

function workOf(status: RequestStatus | undefined): readonly Work[] {
  if (status === undefined) return ["open", "failed"];
  return status === "failed" ? ["failed"] : ["open"];
}

async function fromWork(lists: RequestLists, works: readonly Work[], wanted: Wanted, count: number): Promise<readonly StoredRequest[]> {
  const found: StoredRequest[] = [];
  for (const work of works) {
    if (found.length >= count) break;
    // The index is a moment behind: what it names may have gone on.
    const inPlace: Wanted = ({ status }) => (work === "failed" ? status === "failed" : !isTerminal(status));
    const shards = await Promise.all(
      SHARDS.map((shard) => take(inShard(lists, work, shard), (request) => inPlace(request) && wanted(request), count)),
    );
    found.push(...shards.flat().toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0)));
  }
  return found.slice(0, count);
}

function inShard(lists: RequestLists, work: Work, shard: number): ListPage {
  return (options) => (work === "open" ? lists.listOpen(shard, options) : lists.listFailed(shard, options));
}

/** The first `count` that are wanted. */
async function take(list: ListPage, wanted: Wanted, count: number): Promise<readonly StoredRequest[]> {
  const found: StoredRequest[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: PAGE_LIMIT, cursor });
    found.push(...page.items.filter(wanted));
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < count);
  return found.slice(0, count);
}
