import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
export const exportOrders = defineAction("export_orders", {
  input: v.object({ from_cents: v.optional(v.pipe(v.number(), v.minValue(0)), 0) }),
  output: v.object({ url: v.string(), orders: v.number() }),
  estimatedDuration: "30 seconds",
  timeout: "5 minutes",
  concurrency: 10,
});
