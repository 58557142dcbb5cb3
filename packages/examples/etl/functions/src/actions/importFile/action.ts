import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** One file of orders, from its text to the warehouse. Many files are a batch of these. */
export const importFile = defineAction("import_file", {
  input: v.object({
    /** Names the part of the warehouse that the file fills: importing it again replaces that part. */
    file: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,59}\.csv$/, "must be a name such as 2024-01.csv")),
    /** The file itself. One over 32 KB is uploaded by the client, up to 10 MiB. */
    text: v.pipe(v.string(), v.trim(), v.minLength(1, "is empty")),
    /** For the show: the first attempt dies after the load. */
    outage: v.optional(v.boolean(), false),
  }),
  output: v.object({ loaded: v.number(), skipped: v.number(), total_cents: v.number(), load_id: v.string(), attempts: v.number() }),
  /** Beside the percentage: how far which stage is. */
  progress: v.object({ stage: v.picklist(["extract", "transform", "load"]), rows: v.number() }),
  /** A row that was left out, as it is found. */
  chunk: v.object({ line: v.number(), problem: v.string() }),
  estimatedDuration: "10 seconds",
  timeout: "1 minute",
  retry: { attempts: 3, minDelay: "1 second" },
});
