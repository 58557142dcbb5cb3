import { CancelledError, systemClock } from "@streamer/protocol";
import type { Action, Clock, EmitOf, InputOf, ProgressOf, ServerMessage } from "@streamer/protocol";
import { createDelivery } from "../../connection/delivery.ts";
import { runAttempt } from "../../processor/attempt.ts";
import type { Run } from "../../processor/context.ts";
import { createChunkWriter } from "../../progress/chunkWriter.ts";
import { createProgressReporter } from "../../progress/progressReporter.ts";
import { createUpdateLine } from "../../progress/updateLine.ts";
import type { Publisher } from "../../topics/publisher.ts";
import { createFakeFiles } from "../fakeFiles.ts";
import { createRecordedLogger } from "../recordedLogger.ts";
import { storedRequest } from "../sampleRequest.ts";
import { createTestConnectionManager } from "../testConnectionManager.ts";
import { createMemoryLog, createMemorySteps } from "./memoryStores.ts";
import type { MemoryLog, MemorySteps } from "./memoryStores.ts";
import { endOf } from "./processorEnd.ts";
import type { ProcessorEnd } from "./processorEnd.ts";

/** The request that a processor is run for. */
export interface RunProcessorOptions<A extends Action> {
  /** The payload, as a client sends it. */
  readonly input: InputOf<A>;
  /** What the client sent along. Default: nothing. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Which attempt this is, from 1. Default: the one after `after`, else 1. */
  readonly attempt?: number;
  /** An earlier attempt of the same request, that has ended: its steps are done, and its updates are in the log. */
  readonly after?: ProcessorRun<A>;
  /** Default `"r1"`, `"tenant"`, `"user"`. */
  readonly requestId?: string;
  readonly tenantId?: string;
  readonly userId?: string;
  /** What the context's are. Default: a UUID; no trace. */
  readonly correlationId?: string;
  readonly traceparent?: string;
  /**
   * Default: the system's time, by which a `flush()` may wait for a tenth of a second. With a fake one (`createFakeClock`) timeouts and the pace of
   * progress go by `clock.advance(ms)`, and only by it.
   */
  readonly clock?: Clock;
}

/** A call of `progress()`. */
export interface ReportedProgress<A extends Action> {
  readonly percentage: number;
  readonly message: string;
  readonly metadata: ProgressOf<A> | undefined;
}

/** A call of `once()` that has ended. */
export interface RecordedStep {
  readonly name: string;
  /** Whether its function was run: not when an earlier call or attempt had done it. */
  readonly ran: boolean;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A call of `putFile()` that was taken. */
export interface RecordedFile {
  readonly name: string;
  readonly body: Uint8Array | string;
  readonly contentType: string;
}

/** A call of `publish()` that was taken. */
export interface PublishedEvent {
  /** The topic's name, such as `"rooms/lobby"`. */
  readonly topic: string;
  readonly data: unknown;
}

/** One attempt, while it runs and after it. */
export interface ProcessorRun<A extends Action> {
  readonly attempt: number;
  /** Resolves when the attempt has ended, however it did. Never rejects. */
  readonly end: Promise<ProcessorEnd<A>>;
  /** Every call of `progress()`, those too that were coalesced away. */
  readonly progress: readonly ReportedProgress<A>[];
  /** Every value that was emitted and stored, in order. */
  readonly chunks: readonly EmitOf<A>[];
  /** What `putFile()` uploaded. */
  readonly files: readonly RecordedFile[];
  readonly once: readonly RecordedStep[];
  /** What was published to topics, in order, as their subscribers receive it. */
  readonly published: readonly PublishedEvent[];
  /** What a client that watches is sent: paced, numbered, the end last. Without correlation ids, which each has. */
  readonly messages: readonly ServerMessage[];
  /** What was logged, as fields. */
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  /** Asks for the end, as a client does: the work's signal is aborted at once. (A real worker sees it within ten seconds.) */
  cancel(reason?: string): void;
}

/** What an attempt hands on to the next. */
interface Memory {
  readonly updates: MemoryLog;
  readonly steps: MemorySteps;
}

const WATCHER = "connection-1";
const CORRELATION_ID = "00000000-0000-4000-8000-000000000000";
/** The connection of the request itself watches it without one. */
const NO_SUBSCRIPTIONS = { listByRequest: async () => [], delete: async () => undefined };
/** Of runs, kept apart from what users see of them. */
const memories = new WeakMap<object, Memory>();

/**
 * Runs the work of an asynchronous action as its processor does, without a table, a bucket or anything of AWS: the input is parsed, the
 * action's timeout and grace apply, progress is coalesced and numbered, steps are remembered, the result is checked, and what is thrown is
 * decided upon. What only several workers can show (leases, a dead worker) is for a local stack.
 *
 * ```ts
 * const work = runProcessor(generateReport, run, { input: { start_date: "2024-01-01", end_date: "2024-01-31" } });
 * const end = await work.end;
 * expect(end).toMatchObject({ status: "completed", data: { records: 4650 } });
 * expect(work.progress.map(({ percentage }) => percentage)).toEqual([0, 30, 100]);
 * ```
 */
export function runProcessor<A extends Action>(action: A, run: Run<A>, options: RunProcessorOptions<A>): ProcessorRun<A> {
  const { clock = systemClock, metadata = {}, requestId = "r1", tenantId = "tenant", userId = "user" } = options;
  const attempt = options.attempt ?? (options.after?.attempt ?? 0) + 1;
  const memory = (options.after && memories.get(options.after)) ?? { updates: createMemoryLog(), steps: createMemorySteps() };
  const { correlationId = CORRELATION_ID, traceparent } = options;
  const identity = { requestId, tenantId, userId, correlationId, traceparent, connectionId: WATCHER };
  const request = storedRequest({ ...identity, metadata, attempt, action: action.name });
  const log = createRecordedLogger();
  const { logger } = log;
  const connectionManager = createTestConnectionManager();
  const delivery = createDelivery(request, { subscriptions: NO_SUBSCRIPTIONS, connectionManager, logger });
  const files = createFakeFiles();
  const abort = new AbortController();
  const line = createUpdateLine(request, memory.updates.lastSequence(), { updates: memory.updates, delivery, mayWrite: () => true });
  const reporter = createProgressReporter(line, { clock, logger });
  const chunks = createChunkWriter(line, { clock, logger, lost: () => new Error("A lease was lost, and there is none.") });
  const recorded = {
    progress: [] as ReportedProgress<A>[],
    once: [] as RecordedStep[],
    files: [] as RecordedFile[],
    published: [] as PublishedEvent[],
  };
  const publisher: Publisher = {
    async publish(details) {
      for (const detail of details) if (detail.kind === "published") recorded.published.push({ topic: detail.topic, data: detail.data });
    },
  };

  const recordingRun: Run<A> = (context) =>
    run({
      ...context,
      progress: (percentage, message, given) => {
        context.progress(percentage, message, given);
        recorded.progress.push({ percentage, message, metadata: given });
      },
      putFile: async (name, body, contentType) => {
        const reference = await context.putFile(name, body, contentType);
        recorded.files.push({ name, body, contentType });
        return reference;
      },
      once: async (name, work) => {
        let ran = false;
        const noticed: typeof work = (key) => {
          ran = true;
          return work(key);
        };
        try {
          const result = await context.once(name, noticed);
          recorded.once.push({ name, ran, result });
          return result;
        } catch (error) {
          recorded.once.push({ name, ran, error });
          throw error;
        }
      },
    });

  const toEnd = async (): Promise<ProcessorEnd<A>> => {
    const payload = async (): Promise<unknown> => structuredClone(options.input);
    const attemptOptions = { action, run: recordingRun, request, payload, reporter, chunks, abort, timeoutMs: action.timeoutMs, logger };
    const end = await runAttempt(attemptOptions, { files, steps: memory.steps, publisher, clock, newId: () => "attempt" });
    if (end.kind === "completed" && (reporter.last?.percentage ?? 0) < 100) reporter.report(100, "Completed");
    // What could not be stored has failed the attempt already.
    await chunks.flushNow().catch(() => undefined);
    await reporter.flushNow();
    await Promise.all([chunks.close(), reporter.close()]);
    const told = await endOf<A>(end, { action, request, files, lastSequence: line.lastSequence, now: clock.now() });
    await delivery.deliver(told.message, { last: true });
    return told;
  };

  const work: ProcessorRun<A> = {
    attempt,
    end: toEnd(),
    ...recorded,
    get chunks() {
      // What was stored is what was emitted, as JSON.
      return memory.updates.all.flatMap((update) =>
        update.type === "chunk" && update.attempt === attempt ? update.data : [],
      ) as EmitOf<A>[];
    },
    get messages() {
      return connectionManager.received(WATCHER);
    },
    get logs() {
      // Whatever its fields are: those of the action's own code too.
      return log.lines.map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
    },
    cancel: (reason) => abort.abort(new CancelledError(reason === undefined ? {} : { details: { reason } })),
  };
  memories.set(work, memory);
  return work;
}
