import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { DEFAULT_MAX_ERRORS, MAX_OPERATIONS } from "./limits.ts";
import { columnNames } from "./schema/columnName.ts";
import { operation } from "./schema/operation.ts";

const FORMATS = ["csv", "json", "ndjson"] as const;
const format = v.picklist(FORMATS, 'must be "csv", "json" or "ndjson"');

/**
 * Takes rows from a text, sends them through operations one after the other, and puts the outcome into a file that the client can fetch.
 *
 * The text is part of the payload: up to 10 MiB of it, and what does not fit into a frame the client uploads by itself. Of the rows only as
 * many are held as an operation needs (`limits.ts`).
 */
export const processData = defineAction("process_data", {
  input: v.strictObject({
    /** CSV has a header; JSON is an array of objects; NDJSON is an object a line. Objects hold plain values only. */
    format,
    data: v.pipe(v.string("must be a text"), v.nonEmpty("must not be empty")),
    /** What stands between the fields of CSV. */
    delimiter: v.optional(v.picklist([",", ";", "\t", "|"], 'must be ",", ";", "|" or a tab'), ","),
    /** In the order in which the rows go through them. Default: none, which changes the format only. */
    operations: v.optional(
      v.pipe(
        v.array(operation, "must be a list of operations"),
        v.maxLength(MAX_OPERATIONS, `must be at most ${MAX_OPERATIONS} operations`),
      ),
      [],
    ),
    output: v.optional(
      v.strictObject({
        /** Default: that of the input. */
        format: v.optional(format),
        /**
         * CSV only: these columns in this order. Default: for CSV all that there are; for the others those of the first 1,000 rows, and a row with
         * another is a bad row.
         */
        columns: v.optional(v.pipe(columnNames, v.minLength(1, "must name at least one column"))),
        /** CSV only: puts an apostrophe before texts that a spreadsheet would take for formulas. */
        escape_formulas: v.optional(v.boolean("must be true or false"), false),
      }),
      {},
    ),
    /** So many bad rows are left out and counted; one more ends the work with `VALIDATION_ERROR`. 0: the first does. */
    max_errors: v.optional(
      v.pipe(
        v.number("must be a number"),
        v.integer("must be a whole number"),
        v.minValue(0, "must be at least 0"),
        v.maxValue(1_000_000, "must be at most 1,000,000"),
      ),
      DEFAULT_MAX_ERRORS,
    ),
  }),
  output: v.object({
    /** Where the file is. Signed again at each delivery; it works for a limited time. */
    url: v.string(),
    /** Rows of the input, the bad ones too. */
    rows_in: v.number(),
    rows_out: v.number(),
    /** Bad rows: left out, whatever the reason. */
    errors: v.number(),
    /** The first 20 of them: the line of the input, a code, and a sentence. */
    bad_rows: v.array(v.object({ line: v.number(), code: v.string(), message: v.string() })),
    /** Bytes of the file. */
    size: v.number(),
  }),
  progress: v.object({
    stage: v.picklist(["read", "write", "upload"]),
    rows_in: v.number(),
    rows_out: v.number(),
    errors: v.number(),
  }),
  estimatedDuration: "30 seconds",
  timeout: "5 minutes",
  retry: { attempts: 3, minDelay: "1 second", maxDelay: "30 seconds" },
  // Measured with 10 MiB of CSV: one sort takes 700 to 850 MB, and while it hands its rows on to another both hold them.
  memory: "2 GB",
  concurrency: 20,
});
