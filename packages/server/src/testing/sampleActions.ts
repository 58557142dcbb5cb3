import { defineAction, defineActions } from "@streamer/protocol";
import * as v from "valibot";

/** A short action, a long one, and one that not everybody may run. */
export const sampleActions = defineActions({
  echo: defineAction("echo", {
    input: v.object({ message: v.string(), times: v.optional(v.number(), 1) }),
    output: v.unknown(),
    estimatedDuration: "10 milliseconds",
    timeout: "2 seconds",
  }),
  generateReport: defineAction("generate_report", {
    input: v.object({ start: v.string(), format: v.optional(v.picklist(["pdf", "csv"]), "pdf") }),
    output: v.unknown(),
    estimatedDuration: "2 minutes",
  }),
  purgeReports: defineAction("purge_reports", {
    input: v.object({ start: v.optional(v.string()) }),
    output: v.unknown(),
    estimatedDuration: "1 minute",
    permissions: ["reports:write", "reports:purge"],
  }),
});
export type SampleActions = typeof sampleActions;
