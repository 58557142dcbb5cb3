import type { Deliver, PipeItem, Send } from "../pipe/pump.ts";
import type { ChaosEngine } from "./engine.ts";

/** How often a record that was held back is offered to the bus. */
const HELD_BACK_ATTEMPTS = 5;

/**
 * Faults on the way from the table's stream to the bus. A dropped record is gone: the pipe goes on as if it had been delivered. A delayed
 * one makes all behind it late, as a Pipe does; a reordered one is overtaken by them.
 */
export function createRecordFaults(engine: ChaosEngine): Deliver {
  const sendLater = async (item: PipeItem, delayMs: number, send: Send): Promise<void> => {
    for (let attempt = 0; attempt < HELD_BACK_ATTEMPTS; attempt += 1) {
      await engine.wait(delayMs);
      if ((await send([item])).length === 0) return;
    }
  };

  return async (items, send) => {
    const now: PipeItem[] = [];
    const again: PipeItem[] = [];
    let delayMs = 0;
    for (const item of items) {
      const key = keyOf(item);
      // All are asked each time, so that none changes the others' numbers.
      const dropped = engine.fateOf("record_dropped", key);
      const reordered = engine.fateOf("record_reordered", key);
      const delayed = engine.fateOf("record_delayed", key);
      const duplicated = engine.fateOf("record_duplicated", key);
      if (dropped?.strike()) continue;
      if (reordered?.strike()) {
        engine.follow(sendLater(item, reordered.delayMs, send));
        continue;
      }
      now.push(item);
      if (delayed?.strike()) delayMs = Math.max(delayMs, delayed.delayMs);
      if (duplicated?.strike()) again.push(item);
    }
    if (delayMs > 0) await engine.wait(delayMs);
    const failed = now.length > 0 ? await send(now) : [];
    if (again.length > 0) await send(again);
    return failed;
  };
}

/** The item's own key: partition first. Engines name the two in any order. */
function keyOf({ record }: PipeItem): string {
  return Object.entries(record.dynamodb.Keys)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, value]) => String(value["S"]))
    .join("/");
}
