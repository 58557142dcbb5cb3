import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { isCalendarDate, isoDate, spanDays } from "./isoDate.ts";

/** The longest period of one report: a leap year. */
export const MAX_REPORT_DAYS = 366;

export interface Period {
  readonly start_date: string;
  readonly end_date: string;
}

/** A rule about the two dates. It says nothing while one of them is wrong by itself, whatever else is wrong. */
const PERIOD = [["start_date"], ["end_date"]] as const;
function rule(holds: (period: Period) => boolean): (period: Period) => boolean {
  return (period) => !isCalendarDate(period.start_date) || !isCalendarDate(period.end_date) || holds(period);
}

/** Makes a report of the sales in a period, as a PDF or as CSV, and puts it where the client can fetch it. */
export const generateReport = defineAction("generate_report", {
  input: v.pipe(
    v.object({
      start_date: isoDate,
      /** The last day of the period; it is part of it. */
      end_date: isoDate,
      format: v.optional(v.picklist(["pdf", "csv"], 'must be "pdf" or "csv"'), "pdf"),
      /** CSV has no charts: there it changes nothing. */
      include_charts: v.optional(v.boolean("must be true or false"), true),
    }),
    v.forward(
      v.partialCheck(
        PERIOD,
        rule((period) => period.start_date <= period.end_date),
        ({ input }) => `start date must be before end date: ${input.start_date} is after ${input.end_date}`,
      ),
      ["start_date"],
    ),
    v.forward(
      v.partialCheck(
        PERIOD,
        rule((period) => spanDays(period.start_date, period.end_date) <= MAX_REPORT_DAYS),
        ({ input }) =>
          `the period has ${spanDays(input.start_date, input.end_date)} days; a report takes at most ${MAX_REPORT_DAYS}. Choose an earlier end date`,
      ),
      ["end_date"],
    ),
  ),
  output: v.object({
    /** Where the file is. Signed again at each delivery; it works for a limited time. */
    url: v.string(),
    /** How many sales the period has. */
    records: v.number(),
    /** Bytes of the file. */
    size: v.number(),
  }),
  progress: v.object({ stage: v.picklist(["query", "render", "upload"]) }),
  estimatedDuration: "2 minutes",
  timeout: "10 minutes",
  // Short, so that a worker that dies is replaced within seconds: a report takes no more than some of these.
  lease: "15 seconds",
  retry: { attempts: 4, minDelay: "1 second", maxDelay: "1 minute" },
  // No permission is asked for, so that any token may try it. `permissions: ["reports:write"]` is how an action asks for one.
  memory: "1 GB",
  concurrency: 50,
});
