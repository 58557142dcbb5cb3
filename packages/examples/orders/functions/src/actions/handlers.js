import { ORDERS } from "../orders.ts";
/** What the router answers itself. */
export const handlers = {
  countOrders: async () => ({ orders: ORDERS.length }),
};
