import { setTimeout } from "node:timers/promises";
import { TerminalError } from "@streamer/server";
import type { Run } from "@streamer/server";
import { extract } from "../../pipeline/extract.ts";
import { transform } from "../../pipeline/transform.ts";
import type { Order } from "../../pipeline/transform.ts";
import type { Warehouse } from "../../pipeline/warehouse.ts";
import type { importFile } from "./action.ts";

/** Stands for the time that your own work takes, once for so many rows. */
const PAUSE_MS = 100;
const ROWS_PER_PAUSE = 10;

export interface ImportDeps {
  readonly warehouse: Warehouse;
}

/** Extract, transform, load: each stage tells how far it is, and everyone has seen its last row before the next begins. */
export function createRun({ warehouse }: ImportDeps): Run<typeof importFile> {
  return async ({ input, attempt, tenantId, progress, emit, flush, once, signal }) => {
    progress(0, "Reading", { stage: "extract", rows: 0 });
    const extracted = extract(input.text);
    // Trying again would not mend the file: it ends here, and the other files of the batch go on.
    if ("problem" in extracted)
      throw new TerminalError(extracted.problem, { details: { line: extracted.line, problem: extracted.problem } });
    const { records } = extracted;
    progress(20, `${records.length} rows`, { stage: "extract", rows: records.length });
    await flush();

    const orders: Order[] = [];
    let skipped = 0;
    for (const [index, record] of records.entries()) {
      const result = transform(record);
      if ("problem" in result) {
        skipped += 1;
        await emit({ line: record.line, problem: result.problem });
      } else orders.push(result.order);
      if ((index + 1) % ROWS_PER_PAUSE === 0) await setTimeout(PAUSE_MS, undefined, { signal });
      progress(20 + ((index + 1) / records.length) * 60, `${index + 1} of ${records.length} rows`, { stage: "transform", rows: index + 1 });
    }
    await flush();

    progress(80, `Loading ${orders.length} rows`, { stage: "load", rows: orders.length });
    // An attempt that comes after this one does not load again: it gets what is returned here.
    const { loadId } = await once("load", async (key) => {
      await warehouse.replacePart({ tenantId, part: input.file, loadId: key, orders });
      return { loadId: key };
    });
    if (input.outage && attempt === 1) throw new Error("An outage, as was asked for.");
    const total = orders.reduce((sum, { cents }) => sum + cents, 0);
    return { loaded: orders.length, skipped, total_cents: total, load_id: loadId, attempts: attempt };
  };
}
