import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** What is printed. */
export const printOrder = v.object({
  photos: v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(1, "must be at least 1"),
    v.maxValue(500, "must be at most 500"),
  ),
  size: v.picklist(["small", "medium", "large"]),
});
export type PrintOrder = v.InferOutput<typeof printOrder>;

/** A short action: the router answers it at once. */
export const quotePrints = defineAction("quote_prints", {
  input: printOrder,
  output: v.object({ cents: v.number() }),
  estimatedDuration: "10 milliseconds",
});
