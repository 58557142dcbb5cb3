import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { tableCall, TableError } from "./errors.ts";
import { ItemsLeftError } from "./tableFailure.ts";

/** Waits between the tries: under a second together, so that who asked is answered in its time. */
const WAITS_MS = [50, 100, 200, 400] as const;

/**
 * Runs a batch, and again for what it left undone: DynamoDB answers a throttled batch, or one over 16 MB, with the part that it did.
 *
 * @param run does as many as it can and gives those that are left.
 * @throws {TableError} when after five tries some are still left.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export async function untilDone<Key>(
  verb: string,
  keys: readonly Key[],
  clock: Clock,
  run: (keys: readonly Key[]) => Promise<readonly Key[]>,
): Promise<void> {
  let left = keys;
  for (const waitMs of [0, ...WAITS_MS]) {
    if (left.length === 0) return;
    if (waitMs > 0) await sleep(clock, waitMs);
    const trying = left;
    left = await tableCall(verb, () => run(trying));
  }
  if (left.length > 0) throw new TableError(verb, new ItemsLeftError(`the table left ${left.length} of ${keys.length} items undone`));
}
