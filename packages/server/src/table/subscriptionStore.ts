import type { TableConfig } from "./entities/model.ts";
import { createSubscriptionEntity } from "./entities/requestParts.ts";
import { tableCall } from "./errors.ts";
import { encodeKeyPart } from "./keys.ts";
import type { RequestRef } from "./storedRequest.ts";

/** Who watches which request, beside the connection that submitted it. */
export interface SubscriptionStore {
  /** `expiresAt` is the request's, in Unix seconds. Gives whether it was there before. */
  put(ref: RequestRef, connectionId: string, expiresAt: number): Promise<boolean>;
  delete(ref: RequestRef, connectionId: string): Promise<void>;
  /** Connection ids, strongly consistent: a subscriber that wrote before this read is in it. */
  listByRequest(ref: RequestRef): Promise<readonly string[]>;
  /** Removes all of a connection: one query, and one batch of deletes for each 25 when there were any. Gives how many. */
  deleteByConnection(connectionId: string): Promise<number>;
}

export function createSubscriptionStore(config: TableConfig): SubscriptionStore {
  const subscriptions = createSubscriptionEntity(config);
  const key = (ref: RequestRef) => ({ tenant_id: encodeKeyPart(ref.tenantId), request_id: ref.requestId });
  return {
    async put(ref, connectionId, expiresAt) {
      const { data } = await tableCall("subscription.put", () =>
        subscriptions.put({ ...key(ref), connection_id: connectionId, expires_at: expiresAt }).go({ response: "all_old" }),
      );
      // ElectroDB's type does not say that there may have been nothing.
      return (data as unknown) !== null && Object.keys(data).length > 0;
    },

    async delete(ref, connectionId) {
      await tableCall("subscription.delete", () =>
        subscriptions.delete({ ...key(ref), connection_id: connectionId }).go({ response: "none" }),
      );
    },

    async listByRequest(ref) {
      const { data } = await tableCall("subscription.listByRequest", () =>
        subscriptions.query.primary(key(ref)).go({ consistent: true, pages: "all" }),
      );
      return data.map((item) => item.connection_id);
    },

    async deleteByConnection(connectionId) {
      // The index holds keys only, so the items carry no mark of their entity to filter by. (`data: "raw"` would end after the first page.)
      const { data } = await tableCall("subscription.listByConnection", () =>
        subscriptions.query.byConnection({ connection_id: connectionId }).go({ pages: "all", data: "includeKeys", ignoreOwnership: true }),
      );
      const items = data as readonly unknown[] as readonly { readonly gsi3sk: string }[];
      if (items.length === 0) return 0;
      const keys = items.map((item) => ({ ...keyFromIndex(item.gsi3sk), connection_id: connectionId }));
      await tableCall("subscription.deleteByConnection", () => subscriptions.delete(keys).go({ concurrency: 1 }));
      return keys.length;
    },
  };
}

/** `subscription#<tenant>#<request>`: no part can hold a `#`. */
function keyFromIndex(sortKey: string): { tenant_id: string; request_id: string } {
  const [, tenant_id = "", request_id = ""] = sortKey.split("#");
  return { tenant_id, request_id };
}
