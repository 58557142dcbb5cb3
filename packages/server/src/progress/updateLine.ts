import { encodeServerMessage, MAX_MESSAGE_BYTES, SEQUENCES_PER_ATTEMPT } from "@streamer/protocol";
import type { UpdateMessage } from "@streamer/protocol";
import type { Delivery } from "../connection/delivery.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer } from "../observability/tracing/tracer.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { UpdateStore } from "../table/updateStore.ts";

/** What the line gives to every update, progress or chunk. */
export interface UpdateNumbers {
  readonly request_id: string;
  readonly sequence: number;
  readonly previous: number;
  readonly attempt: number;
}

/** Whether an update was written, or may not be: the worker has lost its lease. */
export type Written = "written" | "not_held";

/**
 * The one line of updates of an attempt: numbers them, stores them, sends them, one after the other. Each is stored, then the watchers are
 * read, then it is sent: in that order nothing can fall between a replay and what is sent live.
 *
 * An update that could not be stored may be in the table all the same, and a watcher may have read it there. So its number is not given to
 * another: it is stored again, as it was, before anything else.
 */
export interface UpdateLine {
  /**
   * @throws {TableError} when this update, or the one before it, could not be stored.
   * @throws {RangeError} over 128 KB, and what JSON throws: no message could carry it. Nothing was stored, and its number is free.
   */
  append(make: (numbers: UpdateNumbers) => UpdateMessage, options?: AppendOptions): Promise<Written>;
  /** Stores and sends what could not be stored. Does nothing when there is none. @throws {TableError} as `append`. */
  retry(): Promise<Written>;
  /** The last that is stored, of this attempt or one before it; 0 when none is. */
  readonly lastSequence: number;
  /** How many numbers of this attempt are taken. */
  readonly taken: number;
}

export interface AppendOptions {
  /** Whether the sending may be given up when API Gateway is throttled: something newer replaces it. Default: never. */
  readonly droppable?: () => boolean;
}

export interface UpdateLineDeps {
  readonly updates: Pick<UpdateStore, "put">;
  readonly delivery: Delivery;
  /** Asked before each write: a worker that lost its lease must not write. */
  readonly mayWrite: () => boolean;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/** `previous` is the sequence stored before this attempt: 0 for the first. */
export function createUpdateLine(request: StoredRequest, previous: number, deps: UpdateLineDeps): UpdateLine {
  const { updates, delivery, mayWrite, tracer = noTracer } = deps;
  const base = request.attempt * SEQUENCES_PER_ATTEMPT;
  let taken = 0;
  let stored = previous;
  /** `text`: checked and written once, for the table and for all who watch. */
  let unsettled: { readonly update: UpdateMessage; readonly text: string; readonly options: AppendOptions } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time, in the order of asking. */
  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(run);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const settle = async (): Promise<Written> => {
    if (unsettled === undefined) return "written";
    if (!mayWrite()) return "not_held";
    const { update, text, options } = unsettled;
    await tracer.segment("flush", async () => {
      await updates.put(request, update, request.expiresAt, text);
      unsettled = undefined;
      stored = update.sequence;
      await delivery.deliver(update, { ...options, text });
    });
    return "written";
  };

  return {
    append: (make, options = {}) =>
      inTurn(async () => {
        if ((await settle()) === "not_held" || !mayWrite()) return "not_held";
        const numbers = { request_id: request.requestId, sequence: base + taken + 1, previous: stored, attempt: request.attempt };
        const update = make(numbers);
        const text = sendableText(update);
        taken += 1;
        unsettled = { update, text, options };
        return settle();
      }),
    retry: () => inTurn(settle),
    get lastSequence() {
      return stored;
    },
    get taken() {
      return taken;
    },
  };
}

/** What can never be stored must not be tried again and again before all that follows. */
function sendableText(update: UpdateMessage): string {
  const text = encodeServerMessage(update);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > MAX_MESSAGE_BYTES)
    throw new RangeError(`An update has ${sizeBytes} bytes; a message takes ${MAX_MESSAGE_BYTES}. Report smaller metadata.`);
  return text;
}
