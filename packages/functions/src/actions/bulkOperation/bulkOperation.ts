import type { Run } from "@streamer/server";
import type { bulkOperation } from "./action.ts";
import type { CheckpointStore } from "./checkpointStore.ts";
import { FAILURE_MESSAGES, sortOut } from "./item.ts";
import type { ItemFailure, WritableItem } from "./item.ts";
import type { ItemStore } from "./itemStore.ts";
import { BATCH_ITEMS, BATCHES_PER_CHECKPOINT, MAX_REPORTED_FAILURES } from "./limits.ts";

export interface BulkOperationDeps {
  readonly items: ItemStore;
  readonly checkpoints: CheckpointStore;
}

/**
 * The work of `bulk_operation`: batch by batch, remembering after each few how far it is. An attempt that follows goes on from there, so that
 * what somebody else has written meanwhile over the first items is not turned back. It ends at the signal with the signal's reason, between
 * two batches, and says by its last progress how many were written.
 */
export function createBulkOperation({ items, checkpoints }: BulkOperationDeps): Run<typeof bulkOperation> {
  return async ({ input, tenantId, requestId, attempt, progress, flush, signal, logger }) => {
    const request = { tenantId, requestId };
    const where = { tenantId, collection: input.collection };
    const { writable, failures } = sortOut(input.operation, input.items);
    const batches = inBatches(writable);
    const start = attempt === 1 ? undefined : await checkpoints.read(request);
    const unwritten = [...(start?.unwritten ?? [])];
    let done = Math.min(start?.batches ?? 0, batches.length);

    const total = input.items.length;
    const counts = () => ({
      written: Math.min(done * BATCH_ITEMS, writable.length) - unwritten.length,
      failed: failures.length + unwritten.length,
      batch: done,
      batches: batches.length,
    });
    const tell = (sentence: (written: number) => string): void => {
      progress(batches.length === 0 ? 0 : (done / batches.length) * 100, sentence(counts().written), counts());
    };
    const verb = input.operation === "put" ? "Wrote" : "Deleted";
    tell((written) => (done === 0 ? "Starting..." : `Going on after ${written} of ${total} items`));
    await flush();

    try {
      for (const batch of batches.slice(done)) {
        signal.throwIfAborted();
        const left = await items.write(input.operation, where, batch, signal);
        unwritten.push(...left.map(({ index }) => index));
        done += 1;
        tell((written) => `${verb} ${written} of ${total} items`);
        // What a pause that was broken off has left out is not given up: another attempt may follow a timeout.
        if (done % BATCHES_PER_CHECKPOINT !== 0 || signal.aborted) continue;
        if (!(await checkpoints.save(request, attempt, { batches: done, unwritten }))) {
          throw new Error(`Attempt ${attempt} of request ${requestId} was overtaken by a later one: it writes no more.`);
        }
      }
      signal.throwIfAborted();
    } catch (error) {
      if (signal.aborted) tell((written) => `Stopped: ${verb.toLowerCase()} ${written} of ${total} items`);
      throw error;
    }

    const idOf = new Map(writable.map(({ index, id }) => [index, id]));
    const notWritten = unwritten.map((index): ItemFailure => ({ index, id: idOf.get(index) ?? "", code: "NOT_WRITTEN" }));
    const all = [...failures, ...notWritten].toSorted((a, b) => a.index - b.index);
    const { written, failed } = counts();
    logger.info("Items written.", { app: { verb: input.operation, total, written, failed, batches: batches.length } });
    return {
      total,
      written,
      failed,
      batches: batches.length,
      failures: all.slice(0, MAX_REPORTED_FAILURES).map((failure) => ({ ...failure, message: FAILURE_MESSAGES[failure.code] })),
    };
  };
}

function inBatches(items: readonly WritableItem[]): readonly (readonly WritableItem[])[] {
  return Array.from({ length: Math.ceil(items.length / BATCH_ITEMS) }, (_, batch) =>
    items.slice(batch * BATCH_ITEMS, (batch + 1) * BATCH_ITEMS),
  );
}
