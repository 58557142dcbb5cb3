import { REQUEST_STATUSES } from "@streamer/protocol";
import type { RequestStatus } from "@streamer/protocol";
import type { RequestStore, StoredRequest, TableConfig } from "@streamer/server";
import * as v from "valibot";
import { checked } from "../http/checked.ts";
import { ConsoleProblem } from "../http/consoleProblem.ts";
import { allRequestKeys, newestFirst } from "./requestKeys.ts";
import type { RequestKey } from "./requestKeys.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Requests that one page looks at. A page may end there, with a cursor, before it is full. */
const MAX_READ = 2_000;
/** Read together. */
const GROUP_SIZE = 100;

const limit = v.pipe(
  v.string(),
  v.toNumber("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(MAX_LIMIT, `must be at most ${MAX_LIMIT}`),
);
const filters = v.object({
  status: v.exactOptional(v.picklist(REQUEST_STATUSES, `must be one of ${REQUEST_STATUSES.join(", ")}`)),
  action: v.exactOptional(v.string()),
  user: v.exactOptional(v.string()),
  text: v.exactOptional(v.string()),
  cursor: v.exactOptional(v.string()),
  limit: v.exactOptional(limit),
});

/** Which requests are asked for, newest first. What is absent does not filter. */
export interface RequestListFilter {
  readonly status?: RequestStatus;
  /** Its name. */
  readonly action?: string;
  /** A part of the user's id, in any case. */
  readonly user?: string;
  /** A part of the request's id, in any case. */
  readonly text?: string;
  readonly cursor?: string;
  /** Default 50, at most 200. */
  readonly limit?: number;
}

/** @throws {ConsoleProblem} for a value that makes no sense. Parameters without a value filter nothing. */
export function filterOf(query: URLSearchParams): RequestListFilter {
  return checked(filters, Object.fromEntries([...query].filter(([, value]) => value !== "")));
}

export interface RequestListDeps {
  readonly table: TableConfig;
  readonly requests: Pick<RequestStore, "getMany">;
}

/** A page of the requests of all tenants, and where the next begins. @throws {ConsoleProblem} for a cursor that is none of this list. */
export async function listRequestPage(
  filter: RequestListFilter,
  { table, requests }: RequestListDeps,
): Promise<{ readonly items: readonly StoredRequest[]; readonly cursor?: string }> {
  const { limit: wanted = DEFAULT_LIMIT, cursor } = filter;
  const after = cursor === undefined ? undefined : placeOf(cursor);
  const keys = (await allRequestKeys(table)).filter((key) => (after === undefined || newestFirst(after, key) < 0) && fits(key, filter));
  const items: StoredRequest[] = [];
  for (let read = 0; read < Math.min(keys.length, MAX_READ); read += GROUP_SIZE) {
    const group = keys.slice(read, read + GROUP_SIZE);
    const found = await requests.getMany(group);
    for (const [index, request] of found.entries()) {
      if (request === undefined || (filter.status ?? request.status) !== request.status) continue;
      if ((filter.action ?? request.action) !== request.action) continue;
      items.push(request);
      if (items.length < wanted) continue;
      const more = read + index + 1 < keys.length;
      return more ? { items, cursor: cursorOf(request) } : { items };
    }
  }
  const lastRead = keys[MAX_READ - 1];
  return keys.length > MAX_READ && lastRead !== undefined ? { items, cursor: cursorOf(lastRead) } : { items };
}

function fits({ requestId, userId }: RequestKey, { text = "", user = "" }: RequestListFilter): boolean {
  return requestId.toLowerCase().includes(text.toLowerCase()) && userId.toLowerCase().includes(user.toLowerCase());
}

const place = v.tuple([v.number(), v.string(), v.string()]);

function cursorOf({ createdAt, tenantId, requestId }: Omit<RequestKey, "userId">): string {
  return Buffer.from(JSON.stringify([createdAt, tenantId, requestId])).toString("base64url");
}

function placeOf(cursor: string): Omit<RequestKey, "userId"> {
  try {
    const [createdAt, tenantId, requestId] = v.parse(place, JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { createdAt, tenantId, requestId };
  } catch (cause) {
    throw new ConsoleProblem("INVALID", "The cursor is none of this list. Begin again without one.", { cause });
  }
}
