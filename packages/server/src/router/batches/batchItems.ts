import type { Logger } from "@aws-lambda-powertools/logger";
import { MAX_BATCH_ITEMS, ServiceUnavailableError, toStreamerError, ValidationError } from "@streamer/protocol";
import type { BatchItem, Clock, StreamerError } from "@streamer/protocol";
import { inWorkers } from "../../connection/inWorkers.ts";

/** Items under way together: some tens of writes at a time, by the SDK's 50 sockets. */
const WORKERS = 25;

export interface BatchDeps {
  readonly clock: Pick<Clock, "monotonic">;
  /** What is not begun by then is not begun at all: the answer must leave within API Gateway's 29 seconds. */
  readonly batchTimeMs: number;
}

/** The id of the request that an item of a batch is. */
export function itemId(batchId: string, n: number): string {
  return `${batchId}.${n}`;
}

/** The numbers from `first` on. @throws {ValidationError} when they go beyond a batch. */
export function itemNumbers(first: number, count: number): readonly number[] {
  if (first + count > MAX_BATCH_ITEMS) {
    const message = `must leave ${count} items of a batch of ${MAX_BATCH_ITEMS}: the last would be number ${first + count - 1}`;
    throw new ValidationError({ details: { issues: [{ path: "first", message }] } });
  }
  return Array.from({ length: count }, (_, index) => first + index);
}

/**
 * Answers the items each for itself, in their order: one that fails harms no other. What failed for our own reasons is logged as one line,
 * however many items it was.
 */
export async function answerItems(
  numbers: readonly number[],
  answer: (n: number) => Promise<BatchItem>,
  logger: Pick<Logger, "error">,
  { clock, batchTimeMs }: BatchDeps,
): Promise<readonly BatchItem[]> {
  const startedAt = clock.monotonic();
  const refusals = createRefusals();
  const answers = new Map<number, BatchItem>();
  await inWorkers(WORKERS, numbers, async (n) => {
    const late = clock.monotonic() - startedAt >= batchTimeMs;
    const item = late
      ? refusals.item(n, new ServiceUnavailableError())
      : await answer(n).catch((thrown: unknown) => refusals.item(n, thrown));
    answers.set(n, item);
  });
  refusals.log(logger);
  return numbers.flatMap((n) => answers.get(n) ?? []);
}

/** What was thrown for items of one message. */
export interface Refusals {
  item(n: number, thrown: unknown): BatchItem;
  /** One line, when some of them are the server's fault. */
  log(logger: Pick<Logger, "error">): void;
}

export function createRefusals(): Refusals {
  const ours: { readonly error: StreamerError; readonly thrown: unknown }[] = [];
  return {
    item(n, thrown) {
      const error = toStreamerError(thrown);
      if (error.code === "INTERNAL_ERROR" || error.code === "SERVICE_UNAVAILABLE") ours.push({ error, thrown });
      return { n, error: error.toBody() };
    },
    log(logger) {
      const [first] = ours;
      if (first === undefined) return;
      logger.error("Items of a batch could not be answered.", {
        code: first.error.code,
        items: ours.length,
        error: first.thrown as Error,
      });
    },
  };
}
