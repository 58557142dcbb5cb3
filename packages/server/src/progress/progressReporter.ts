import type { Logger } from "@aws-lambda-powertools/logger";
import { MAX_PROGRESS_MESSAGE_CHARS, PROGRESS_INTERVAL_MS } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Progress } from "../table/requestVerbs.ts";
import { createPause } from "./pause.ts";
import type { UpdateLine } from "./updateLine.ts";

/**
 * Reports the progress of one attempt. What comes within 100 ms is coalesced before it is stored: newest wins, at most ten a second
 * (S-158, S-159).
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
  /** The last that is stored, of this attempt or one before it; 0 when none is. What a terminal message tells. */
  readonly lastSequence: number;
}

export interface ProgressReporterDeps {
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
}

interface Report {
  readonly percentage: number;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly at: number;
}

export function createProgressReporter(line: UpdateLine, { clock, logger }: ProgressReporterDeps): ProgressReporter {
  const pause = createPause(clock);
  let pending: Report | undefined;
  let last: Report | undefined;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let closed = false;
  let urgent = false;
  /** The first 100 does not wait for the pace; those after it do. */
  let full = false;
  let running: Promise<void> | undefined;
  /** Not told by `running`: between the end of a drain and whoever awaits it a report may come, and must start the next. */
  let draining = false;

  const write = async ({ percentage, message, metadata, at }: Report): Promise<void> => {
    try {
      await line.append(
        (numbers) => ({
          type: "progress",
          ...numbers,
          percentage,
          message,
          ...(metadata === undefined ? {} : { metadata }),
          timestamp: Math.floor(at / 1000),
        }),
        // What a newer update or the outcome replaces need not get through a throttled API.
        { droppable: () => pending !== undefined || urgent || closed },
      );
    } catch (error) {
      // Progress must not fail the work. The line stores it before the next, if it can be stored at all.
      logger.warn("A progress update could not be stored.", { operation: "progress", error: error as Error });
    }
  };

  const drain = async (): Promise<void> => {
    draining = true;
    try {
      while (pending !== undefined && !closed) {
        const wait = flushedAt + PROGRESS_INTERVAL_MS - clock.monotonic();
        if (wait > 0 && !urgent && (full || pending.percentage < 100)) {
          await pause.wait(wait);
          continue;
        }
        const report = pending;
        pending = undefined;
        full = report.percentage >= 100;
        flushedAt = clock.monotonic();
        await write(report);
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
      if (pending.percentage >= 100) pause.wake();
      if (!draining) running = drain();
    },
    async flush() {
      await running;
    },
    async flushNow() {
      urgent = true;
      pause.wake();
      await running;
      urgent = false;
    },
    async close() {
      closed = true;
      pending = undefined;
      pause.wake();
      await running;
    },
    get last() {
      return last && { ...last, sequence: line.lastSequence };
    },
    get lastSequence() {
      return line.lastSequence;
    },
  };
}
