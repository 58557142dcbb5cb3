import type { Logger } from "@aws-lambda-powertools/logger";
import { MAX_PROGRESS_MESSAGE_CHARS, PROGRESS_INTERVAL_MS, SEQUENCES_PER_ATTEMPT } from "@streamer/protocol";
import type { Clock, ProgressMessage } from "@streamer/protocol";
import type { Delivery } from "../connection/delivery.ts";
import type { Progress } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { UpdateStore } from "../table/updateStore.ts";

/**
 * Reports the progress of one attempt. What comes within 100 ms is coalesced before it is stored: newest wins, at most ten a second
 * (S-158, S-159). Each update is stored, then the watchers are read, then it is sent: in that order nothing can fall between a replay
 * and what is sent live.
 */
export interface ProgressReporter {
  /**
   * Never waits. A percentage below the last is raised to it; the first 100 is sent at once. Metadata of reports that were coalesced away is kept
   * under the newer one's.
   *
   * @throws {RangeError} when the percentage is not a number.
   */
  report(percentage: number, message: string, metadata?: Readonly<Record<string, unknown>>): void;
  /** Resolves when all that was reported is stored and sent, at the pace of ten a second. */
  flush(): Promise<void>;
  /** The same, at once: before a request is settled. */
  flushNow(): Promise<void>;
  /** Drops what was not flushed and takes no more: the attempt is over. Resolves when the update under way is done. */
  close(): Promise<void>;
  /** What was last reported, flushed or not. */
  readonly last: Progress | undefined;
}

export interface ProgressReporterDeps {
  readonly updates: Pick<UpdateStore, "put">;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
  /** Asked before each write: a worker that lost its lease must not write. */
  readonly mayWrite: () => boolean;
}

interface Report {
  readonly percentage: number;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly at: number;
}

/** `previous` is the sequence stored before this attempt: 0 for the first. */
export function createProgressReporter(request: StoredRequest, previous: number, deps: ProgressReporterDeps): ProgressReporter {
  const { updates, delivery, clock, logger, mayWrite } = deps;
  let pending: Report | undefined;
  let last: Report | undefined;
  let sequence = request.attempt * SEQUENCES_PER_ATTEMPT;
  let stored = previous;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let closed = false;
  let urgent = false;
  /** The first 100 does not wait for the pace; those after it do. */
  let full = false;
  let running: Promise<void> | undefined;
  /** Not told by `running`: between the end of a drain and whoever awaits it a report may come, and must start the next. */
  let draining = false;
  let wake: (() => void) | undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        wake = undefined;
        resolve();
      };
      const timer = clock.after(ms, done);
      wake = done;
    });

  const write = async (report: Report): Promise<void> => {
    const update: ProgressMessage = {
      type: "progress",
      request_id: request.requestId,
      sequence: sequence + 1,
      previous: stored,
      attempt: request.attempt,
      percentage: report.percentage,
      message: report.message,
      ...(report.metadata === undefined ? {} : { metadata: report.metadata }),
      timestamp: Math.floor(report.at / 1000),
    };
    try {
      await updates.put(request, update, request.expiresAt);
    } catch (error) {
      // Progress must not fail the work: the next update carries a newer state, under this number.
      logger.warn("A progress update could not be stored and is dropped.", { sequence: update.sequence, error: error as Error });
      return;
    }
    sequence = stored = update.sequence;
    // What a newer update or the outcome replaces need not get through a throttled API.
    await delivery.deliver(update, { droppable: () => pending !== undefined || urgent || closed });
  };

  const drain = async (): Promise<void> => {
    draining = true;
    try {
      while (pending !== undefined && !closed) {
        const wait = flushedAt + PROGRESS_INTERVAL_MS - clock.monotonic();
        if (wait > 0 && !urgent && (full || pending.percentage < 100)) {
          await pause(wait);
          continue;
        }
        const report = pending;
        pending = undefined;
        full = report.percentage >= 100;
        flushedAt = clock.monotonic();
        if (mayWrite()) await write(report);
      }
    } finally {
      draining = false;
    }
  };

  return {
    report(percentage, message, metadata) {
      if (Number.isNaN(percentage)) throw new RangeError("A percentage must be a number from 0 to 100; it is NaN.");
      if (closed) return;
      const merged = metadata === undefined && pending?.metadata === undefined ? undefined : { ...pending?.metadata, ...metadata };
      pending = last = {
        percentage: Math.max(last?.percentage ?? 0, Math.min(100, percentage)),
        message: message.slice(0, MAX_PROGRESS_MESSAGE_CHARS),
        metadata: merged,
        at: clock.now(),
      };
      if (pending.percentage >= 100) wake?.();
      if (!draining) running = drain();
    },
    async flush() {
      await running;
    },
    async flushNow() {
      urgent = true;
      wake?.();
      await running;
      urgent = false;
    },
    async close() {
      closed = true;
      pending = undefined;
      wake?.();
      await running;
    },
    get last() {
      return last;
    },
  };
}
