import type { Logger } from "@aws-lambda-powertools/logger";
import { byteLength, MAX_CHUNK_VALUE_BYTES, PROGRESS_INTERVAL_MS, SEQUENCES_PER_ATTEMPT } from "@streamer/protocol";
import type { ChunkMessage, Clock } from "@streamer/protocol";
import { ChunkBacklogError, ChunkTooLargeError, TooManyChunksError } from "./chunkErrors.ts";
import { createPause } from "./pause.ts";
import type { UpdateLine, UpdateNumbers } from "./updateLine.ts";

/**
 * Writes what an attempt emits: every value once, in order, packed into messages.
 *
 * A value that is emitted while no other waits is stored and sent at once. What is emitted meanwhile shares the next message, which is
 * written when it is full or 100 ms after the one before: a loop that does not wait costs ten messages a second, not thousands.
 */
export interface ChunkWriter {
  /**
   * Takes a value, as JSON text. The promise resolves when it is stored and sent, and rejects when it could not be stored: then no more is
   * taken, and the attempt must end. Nobody need wait for it: `flush` rejects as well.
   *
   * @throws {ChunkTooLargeError} over 31,488 bytes. Like all that is thrown, and not rejected: the value was not taken, all else goes on.
   * @throws {ChunkBacklogError} when over 8 MiB wait to be sent.
   * @throws {TooManyChunksError} when the attempt has no more numbers.
   */
  add(text: string): Promise<void>;
  /** Resolves when all that was taken is stored and sent, at the pace. Rejects when it could not be stored. */
  flush(): Promise<void>;
  /** The same, at once: before a request is settled. */
  flushNow(): Promise<void>;
  /** Takes no more and drops what waits: the attempt is over. Resolves when the message under way is done. */
  close(): Promise<void>;
}

export interface ChunkWriterDeps {
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
  /** What is thrown when the worker has lost its lease. */
  readonly lost: () => Error;
}

/** What may wait in memory, of the least that a function has (512 MB). */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;
/** Numbers that are left to progress: ten a second for the longest attempt, and more. */
const PROGRESS_SEQUENCES = 10_000;
const MAX_CHUNKS = SEQUENCES_PER_ATTEMPT - PROGRESS_SEQUENCES;
/** The SDK has tried each of these three times. */
const STORE_TRIES = 5;
const MIN_RETRY_DELAY_MS = 100;

/** Values that share a message, as JSON texts. */
interface Pack {
  readonly texts: string[];
  sizeBytes: number;
  readonly done: PromiseWithResolvers<void>;
}

export function createChunkWriter(line: UpdateLine, { clock, logger, lost }: ChunkWriterDeps): ChunkWriter {
  const pace = createPause(clock);
  const backoff = createPause(clock);
  const packs: Pack[] = [];
  let backlogBytes = 0;
  let writing = 0;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let urgent = false;
  let closed = false;
  let failure: { readonly error: unknown } | undefined;
  let running: Promise<void> | undefined;
  /** Not told by `running`: between the end of a drain and whoever awaits it a value may come, and must start the next. */
  let draining = false;

  const packFor = (sizeBytes: number): Pack => {
    const last = packs.at(-1);
    // One byte more, the comma.
    if (last !== undefined && last.sizeBytes + 1 + sizeBytes <= MAX_CHUNK_VALUE_BYTES) return last;
    if (line.taken + writing + packs.length >= MAX_CHUNKS) throw new TooManyChunksError(MAX_CHUNKS);
    const done = Promise.withResolvers<void>();
    // Whoever emitted need not wait, and `flush` tells of the failure too.
    done.promise.catch(() => undefined);
    const pack = { texts: [], sizeBytes: 0, done };
    packs.push(pack);
    return pack;
  };

  /** The end of an attempt waits for no throttled API: what is stored and was not sent shows by the outcome's `last_sequence`. */
  const options = { droppable: () => urgent || closed };

  const store = async (pack: Pack): Promise<void> => {
    const data = JSON.parse(`[${pack.texts.join(",")}]`) as unknown[];
    let numbered = false;
    const make = (numbers: UpdateNumbers): ChunkMessage => {
      numbered = true;
      return { type: "chunk", ...numbers, data };
    };
    for (let tries = 1; ; tries += 1) {
      try {
        // Once it has its number the line stores it under that. Before, another update stood in its way.
        const written = await (numbered ? line.retry() : line.append(make, options));
        if (written === "written") return;
      } catch (error) {
        if (closed || tries >= STORE_TRIES) throw error;
        logger.warn("What was emitted could not be stored; it is tried again.", { operation: "chunk", tries, error: error as Error });
        await backoff.wait(MIN_RETRY_DELAY_MS * 2 ** tries);
        continue;
      }
      throw lost();
    }
  };

  const dropWaiting = (error: unknown): void => {
    for (const pack of packs.splice(0)) pack.done.reject(error);
    backlogBytes = 0;
  };

  const drain = async (): Promise<void> => {
    draining = true;
    let eager = true;
    try {
      // What is emitted in the same breath shares a message.
      await Promise.resolve();
      for (;;) {
        const [pack] = packs;
        if (pack === undefined || closed) return;
        const waitMs = writtenAt + PROGRESS_INTERVAL_MS - clock.monotonic();
        if (waitMs > 0 && packs.length === 1 && !urgent && !eager) {
          await pace.wait(waitMs);
          continue;
        }
        eager = false;
        packs.shift();
        writing = 1;
        writtenAt = clock.monotonic();
        try {
          await store(pack);
          backlogBytes -= pack.sizeBytes;
          pack.done.resolve();
        } catch (error) {
          failure = { error };
          pack.done.reject(error);
          dropWaiting(error);
        }
        writing = 0;
      }
    } finally {
      draining = false;
    }
  };

  const flush = async (): Promise<void> => {
    await running;
    if (failure !== undefined) throw failure.error;
  };

  return {
    add(text) {
      if (failure !== undefined) throw failure.error;
      if (closed) throw new Error("The attempt is over: nothing more can be emitted. Await what emits before the work returns.");
      const sizeBytes = byteLength(text);
      if (sizeBytes > MAX_CHUNK_VALUE_BYTES) throw new ChunkTooLargeError(sizeBytes, MAX_CHUNK_VALUE_BYTES);
      if (backlogBytes + sizeBytes > MAX_BACKLOG_BYTES) throw new ChunkBacklogError(backlogBytes, MAX_BACKLOG_BYTES);
      const pack = packFor(sizeBytes);
      const addedBytes = sizeBytes + (pack.texts.length === 0 ? 0 : 1);
      pack.texts.push(text);
      pack.sizeBytes += addedBytes;
      backlogBytes += addedBytes;
      // The one before it is full.
      if (packs.length > 1) pace.wake();
      if (!draining) running = drain();
      return pack.done.promise;
    },
    flush,
    async flushNow() {
      urgent = true;
      pace.wake();
      try {
        await flush();
      } finally {
        urgent = false;
      }
    },
    async close() {
      closed = true;
      pace.wake();
      backoff.wake();
      await running;
      dropWaiting(new Error("The attempt is over: what was emitted last was not sent."));
    },
  };
}
