import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
export const countOrders = defineAction("count_orders", {
  input: v.object({}),
  output: v.object({ orders: v.number() }),
  estimatedDuration: "10 milliseconds",
});
