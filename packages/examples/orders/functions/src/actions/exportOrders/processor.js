import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { ORDERS } from "../../orders.ts";
import { exportOrders } from "./action.ts";
export const handler = createProcessor(
  exportOrders,
  async ({ input, progress, putFile }) => {
    const orders = ORDERS.filter(({ cents }) => cents >= input.from_cents);
    progress(50, "Writing");
    const lines = ["id,item,cents", ...orders.map(({ id, item, cents }) => `${id},${item},${cents}`)];
    return { url: await putFile("orders.csv", lines.join("\n"), "text/csv"), orders: orders.length };
  },
  processorDeps(),
);
