import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

const month = v.pipe(v.string(), v.regex(/^20\d\d-(0[1-9]|1[0-2])$/, "must be a month such as 2024-03"));

/** The stages of a report, in order: the page shows them as steps. */
export const STAGES = ["collect", "add up", "write"] as const;

/** A long action: a queue and a function of its own, live progress, three attempts. */
export const makeReport = defineAction("make_report", {
  input: v.pipe(
    v.object({
      from: month,
      to: month,
      region: v.optional(v.picklist(["all", "north", "south", "east", "west"]), "all"),
      /** For the show: the first attempt finds the sales system busy. */
      busy_at_first: v.optional(v.boolean(), false),
    }),
    v.forward(
      v.check(({ from, to }) => from <= to, "must not be before the first month"),
      ["to"],
    ),
    v.forward(
      v.check(({ from, to }) => Number(to.slice(0, 4)) - Number(from.slice(0, 4)) < 5, "must be within five years"),
      ["to"],
    ),
  ),
  output: v.object({ url: v.string(), sales: v.number(), total_cents: v.number() }),
  progress: v.object({ stage: v.picklist(STAGES), sales: v.number() }),
  estimatedDuration: "15 seconds",
  timeout: "2 minutes",
  // A cancellation is heard when the worker renews its lease: six times in it, so within 2.5 seconds.
  lease: "15 seconds",
  retry: { attempts: 3, minDelay: "2 seconds" },
});
