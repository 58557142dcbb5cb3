import type { SyncHandlers } from "@streamer/server";
import { ORDERS } from "../orders.ts";
import type { actions } from "./index.ts";

/** What the router answers itself. */
export const handlers = {
  countOrders: async () => ({ orders: ORDERS.length }),
} satisfies SyncHandlers<typeof actions>;
