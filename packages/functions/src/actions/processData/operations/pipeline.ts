import { setImmediate } from "node:timers/promises";
import type { ReportBadRow, Rows } from "../rows.ts";
import type { Operation } from "../schema/operation.ts";
import { aggregate } from "./aggregate.ts";
import { deduplicate } from "./deduplicate.ts";
import { filter } from "./filter.ts";
import { sort } from "./sort.ts";
import { transform } from "./transform.ts";

/** The rows after all operations. @throws the signal's reason, between two batches. */
export function pipeline(rows: Rows, operations: readonly Operation[], report: ReportBadRow, signal: AbortSignal): Rows {
  return operations.reduce<Rows>(
    (before, operation, index) => operated(before, operation, `operations.${index}`, report),
    stoppable(rows, signal),
  );
}

function operated(rows: Rows, operation: Operation, path: string, report: ReportBadRow): Rows {
  switch (operation.op) {
    case "filter":
      return filter(rows, operation);
    case "transform":
      return transform(rows, operation, report);
    case "aggregate":
      return aggregate(rows, operation, path, report);
    case "sort":
      return sort(rows, operation, path);
    case "deduplicate":
      return deduplicate(rows, operation, path);
  }
}

/** Parsing keeps the thread busy; in the pause between two batches heartbeats go out and a cancellation comes in. */
async function* stoppable(rows: Rows, signal: AbortSignal): Rows {
  for await (const batch of rows) {
    await setImmediate();
    signal.throwIfAborted();
    yield batch;
  }
}
