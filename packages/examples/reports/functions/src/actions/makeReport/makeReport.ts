import { setTimeout } from "node:timers/promises";
import { RetryableError } from "@streamer/server";
import type { Run } from "@streamer/server";
import { monthsBetween, salesOf } from "../../sales/sales.ts";
import type { Sale } from "../../sales/sales.ts";
import { addUp, toCsv } from "../../sales/summary.ts";
import type { makeReport } from "./action.ts";

/** Stands for the time that a query of your own takes. */
const QUERY_MS = 500;
/** Collecting is the long part: from here to there on the bar. */
const COLLECTED = 80;

/** Collects the sales month by month, adds them up, and writes a CSV file. When it is cancelled or out of time, `signal` ends it. */
export const run: Run<typeof makeReport> = async ({ input, attempt, progress, putFile, signal }) => {
  const months = monthsBetween(input.from, input.to);
  const sales: Sale[] = [];
  for (const [index, month] of months.entries()) {
    progress((index / months.length) * COLLECTED, `Collecting ${month}`, { stage: "collect", sales: sales.length });
    await setTimeout(QUERY_MS, undefined, { signal });
    // Half of it is done by then: another attempt begins anew, and the page says so.
    if (input.busy_at_first && attempt === 1 && index >= Math.floor(months.length / 2))
      throw new RetryableError("The sales system is busy.", { retryAfter: "5 seconds" });
    sales.push(...salesOf(month).filter(({ region }) => input.region === "all" || region === input.region));
  }
  progress(COLLECTED, `Adding up ${sales.length} sales`, { stage: "add up", sales: sales.length });
  const summary = addUp(sales);
  await setTimeout(QUERY_MS, undefined, { signal });
  progress(95, "Writing the file", { stage: "write", sales: sales.length });
  const url = await putFile(`sales_${input.from}_${input.to}_${input.region}.csv`, toCsv(summary), "text/csv; charset=utf-8");
  return { url, sales: sales.length, total_cents: summary.reduce((sum, { cents }) => sum + cents, 0) };
};
