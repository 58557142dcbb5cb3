import { tableCall, TableError } from "./errors.ts";
import { encodeKeyPart } from "./keys.ts";
import type { CreatedAt, CreatedRange } from "./page.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import { fromItem } from "./storedRequest.ts";
import { ItemsLeftError } from "./tableFailure.ts";

const VERB = "request.listCreated";
/** The end of time in a key of 15 digits. */
const NEVER = 999_999_999_999_999;

/** The list of requests by their creation, page by page: keys from the index, then the items that they name. */
export function createCreatedList({ requests, clock }: Pick<RequestTable, "requests" | "clock">): RequestStore["listCreated"] {
  const keysOf = async ({ tenantId, userId }: Parameters<RequestStore["listCreated"]>[0], range: CreatedRange) => {
    const { from = 0, before = NEVER, after } = range;
    const tenant = { tenant_id: encodeKeyPart(tenantId) };
    const query =
      userId === undefined ? requests.query.byTenant(tenant) : requests.query.byUser({ ...tenant, user_id: encodeKeyPart(userId) });
    const upper =
      after === undefined ? { created_at: Math.min(before, NEVER) } : { created_at: after.createdAt, request_id: after.requestId };
    // DynamoDB refuses a range that ends before it begins.
    if (upper.created_at < from) return { places: [], more: false };
    // The one that a page goes on after is read once more, and left out.
    const limit = range.limit + (after === undefined ? 0 : 1);
    const { data, cursor } = await tableCall(VERB, () =>
      query.between({ created_at: from }, upper).go({ order: "desc", limit, data: "includeKeys", ignoreOwnership: true }),
    );
    const sortKeys = data as readonly unknown[] as readonly { readonly gsi1sk?: string; readonly gsi2sk?: string }[];
    const places = sortKeys.map(({ gsi1sk, gsi2sk }) => placeOf(userId === undefined ? gsi2sk : gsi1sk));
    return { places: places.filter(({ requestId }) => requestId !== after?.requestId), more: cursor !== null };
  };

  return async (whose, range) => {
    const { places, more } = await keysOf(whose, range);
    const readTo = more ? (places.at(-1) ?? range.after) : undefined;
    if (places.length === 0) return { items: [], readTo };
    const keys = places.map(({ requestId }) => ({ tenant_id: encodeKeyPart(whose.tenantId), request_id: requestId }));
    const { data, unprocessed } = await tableCall(VERB, () => requests.get(keys).go({ preserveBatchOrder: true }));
    // A list must not look complete when a part of it was not read.
    if (unprocessed.length > 0)
      throw new TableError(VERB, new ItemsLeftError(`the table left ${unprocessed.length} of ${keys.length} items unread`));
    const now = clock.now();
    const items = data.flatMap((item) => (item === null || item.expires_at * 1000 <= now ? [] : [fromItem(item)]));
    return { items, readTo };
  };
}

/** `request#<created at>#<request>`: no part can hold a `#`. */
function placeOf(sortKey = ""): CreatedAt {
  const [, createdAt = "", requestId = ""] = sortKey.split("#");
  return { createdAt: Number(createdAt), requestId };
}
