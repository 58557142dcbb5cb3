import type { RequestRef, RequestStore, RequestUpdate, StoredRequest, UpdateStore } from "@streamer/server";
import { inGroups } from "../inGroups.ts";
import { findInWork, listRequests } from "./lists.ts";
import type { ListFilter, RequestList, RequestLists } from "./lists.ts";

/** One request, as an operator sees it. */
export interface RequestView {
  readonly request: StoredRequest;
  /** How many updates are stored of it. */
  readonly updates: number;
}

/**
 * What became of a request that was to be changed.
 *
 * - `cancelled`, `redriven`: it is;
 * - `cancelling`: its worker is told, and ends it;
 * - `to_redrive`: it would be, without `--dry-run`;
 * - `refused`: as it stands (`request`), that is not possible, and nothing was changed;
 * - `failed`: `error` says why. It may be done or not.
 */
export interface Change {
  readonly request: StoredRequest;
  readonly outcome: "cancelled" | "cancelling" | "redriven" | "to_redrive" | "refused" | "failed";
  readonly error?: Error;
}

export interface Redrive {
  readonly action: string;
  readonly tenant?: string | undefined;
  readonly code?: string | undefined;
  readonly limit: number;
  readonly dryRun: boolean;
}

export interface RedriveResult {
  readonly changes: readonly Change[];
  /** Whether the limit left some out. */
  readonly more: boolean;
}

/** What an operator does with requests. Reading changes nothing. */
export interface RequestAdmin {
  list(filter: ListFilter): Promise<RequestList>;
  /** Open and failed requests of an id, of all tenants. */
  find(requestId: string): Promise<readonly StoredRequest[]>;
  /** `undefined`: there is none. */
  show(ref: RequestRef): Promise<RequestView | undefined>;
  /** JSON text. `undefined`: its client uploaded it, and it stands in the bucket (`request.upload`). */
  payloadOf(request: StoredRequest): Promise<string | undefined>;
  /** Ends one that waits, and tells who watches; has the worker of one that runs end it. `undefined`: there is none. */
  cancel(ref: RequestRef, reason: string | undefined): Promise<Change | undefined>;
  /** Lets one that failed or was cancelled start again, and tells who watches. `undefined`: there is none. */
  redrive(ref: RequestRef, dryRun: boolean): Promise<Change | undefined>;
  /** The same for the dead letters of an action that are there now, longest failed first. Each has an outcome of its own. */
  redriveAll(which: Redrive): Promise<RedriveResult>;
}

export interface RequestAdminDeps {
  readonly requests: RequestLists & Pick<RequestStore, "getConsistent" | "payloadOf" | "cancel" | "requestCancel" | "redrive">;
  readonly updates: Pick<UpdateStore, "listAfter">;
  /** Sends a message to all who watch a request. Must not throw: what is written is done. */
  readonly tell: (request: StoredRequest, message: RequestUpdate) => Promise<void>;
}

/** Requests that are changed together. */
const GROUP_SIZE = 10;
const PAGE_UPDATES = 500;
/** A request may start or be put off between the two writes of a cancel, but not so often. */
const CANCEL_TRIES = 3;

export function createRequestAdmin({ requests, updates, tell }: RequestAdminDeps): RequestAdmin {
  const countUpdates = async (ref: RequestRef): Promise<number> => {
    let count = 0;
    let after = 0;
    for (;;) {
      const page = await updates.listAfter(ref, after, PAGE_UPDATES);
      const last = page.at(-1);
      if (last === undefined) return count;
      count += page.length;
      after = last.sequence;
    }
  };

  const redriveOne = async (ref: RequestRef): Promise<Change | undefined> => {
    const redriven = await requests.redrive(ref);
    if (!redriven.done) return redriven.request && { request: redriven.request, outcome: "refused" };
    const { request } = redriven;
    await tell(request, { type: "status", request_id: request.requestId, status: "pending", attempt: request.attempt });
    return { request, outcome: "redriven" };
  };
  const mayBeRedriven = ({ status }: StoredRequest): boolean => status === "failed" || status === "cancelled";

  return {
    list: (filter) => listRequests(requests, filter),
    find: (requestId) => findInWork(requests, requestId),

    async show(ref) {
      const request = await requests.getConsistent(ref);
      return request && { request, updates: await countUpdates(ref) };
    },

    payloadOf: async (request) => (request.upload === undefined ? requests.payloadOf(request) : undefined),

    async cancel(ref, reason) {
      let latest: StoredRequest | undefined;
      for (let tries = 0; tries < CANCEL_TRIES; tries += 1) {
        const waiting = await requests.cancel(ref, reason);
        if (waiting.done) {
          const { request } = waiting;
          await tell(request, { type: "cancelled", request_id: request.requestId, ...(reason === undefined ? {} : { reason }) });
          return { request, outcome: "cancelled" };
        }
        latest = waiting.request;
        if (latest?.status !== "processing") break;
        const running = await requests.requestCancel(ref, reason);
        if (running.done) return { request: running.request, outcome: "cancelling" };
        latest = running.request;
      }
      return latest && { request: latest, outcome: "refused" };
    },

    async redrive(ref, dryRun) {
      if (!dryRun) return redriveOne(ref);
      const request = await requests.getConsistent(ref);
      return request && { request, outcome: mayBeRedriven(request) ? "to_redrive" : "refused" };
    },

    async redriveAll({ dryRun, ...which }) {
      // All that there are first: one that fails again at once would be found again.
      const { requests: deadLetters, more } = await listRequests(requests, { ...which, status: "failed" });
      const changes = await inGroups(GROUP_SIZE, deadLetters, async (request): Promise<Change> => {
        if (dryRun) return { request, outcome: "to_redrive" };
        try {
          return (await redriveOne(request)) ?? { request, outcome: "failed", error: new Error("it has expired") };
        } catch (error) {
          return { request, outcome: "failed", error: error as Error };
        }
      });
      return { changes, more };
    },
  };
}
