import { ForbiddenError, MAX_LIST_LIMIT, MAX_LIST_READS, REQUESTS_READ } from "@streamer/protocol";
import type { listRequests, ParsedInputOf, RequestView, ReturnOf } from "@streamer/protocol";
import type { HandlerContext } from "../router/handlers.ts";
import type { CreatedAt } from "../table/page.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { decodeCursor, encodeCursor } from "./listCursor.ts";
import type { CursorScope } from "./listCursor.ts";
import { requestView } from "./requestView.ts";

type Filter = ParsedInputOf<typeof listRequests>;

/**
 * One page. The indexes hold keys only, so requests are read before the filter can look at them: as many as are wanted at first, then 100 at a
 * time, up to 1,000 for one call.
 *
 * @throws {ForbiddenError} when others' are asked for and the token lacks `requests:read`.
 * @throws {ValidationError} when the cursor is not of this list.
 */
export async function listPage(
  { input, tenantId, userId, permissions, signal }: HandlerContext<typeof listRequests>,
  requests: Pick<RequestStore, "listCreated">,
): Promise<ReturnOf<typeof listRequests>> {
  const whose = { tenantId, userId: input.scope === "tenant" ? undefined : (input.user_id ?? userId) };
  if (whose.userId !== userId && !permissions.includes(REQUESTS_READ)) throw new ForbiddenError({ details: { missing: [REQUESTS_READ] } });
  const scope = scopeOf(input, { tenantId, userId });
  const from = input.created_after === undefined ? undefined : input.created_after * 1000;
  const before = input.created_before === undefined ? undefined : input.created_before * 1000;
  const filtered = input.status !== undefined || input.action !== undefined;
  const items: RequestView[] = [];
  let after: CreatedAt | undefined = input.cursor === undefined ? undefined : decodeCursor(input.cursor, scope);

  for (let reads = 0; reads < MAX_LIST_READS;) {
    signal.throwIfAborted();
    // No more than are wanted: of a page that is read, what is not given would have to be read again.
    const limit = Math.min(filtered ? MAX_LIST_LIMIT : input.limit - items.length, MAX_LIST_READS - reads);
    const page = await requests.listCreated(whose, { from, before, after, limit });
    reads += limit;
    for (const request of page.items) {
      if (!matches(request, input)) continue;
      items.push(requestView(request));
      if (items.length < input.limit) continue;
      const isLast = page.readTo === undefined && request === page.items.at(-1);
      return { items, ...(isLast ? {} : { cursor: encodeCursor(request, scope) }) };
    }
    if (page.readTo === undefined) return { items };
    after = page.readTo;
  }
  return { items, ...(after === undefined ? {} : { cursor: encodeCursor(after, scope) }) };
}

function matches({ status, action }: StoredRequest, filter: Filter): boolean {
  return (filter.status === undefined || filter.status === status) && (filter.action === undefined || filter.action === action);
}

/** Not the limit: a client may ask for smaller pages as it goes on. And the caller: a cursor is of no use to anybody else. */
function scopeOf(
  { scope, user_id, status, action, created_after, created_before }: Filter,
  caller: Pick<HandlerContext<typeof listRequests>, "tenantId" | "userId">,
): CursorScope {
  return { scope, user_id, status, action, created_after, created_before, tenant: caller.tenantId, user: caller.userId };
}
