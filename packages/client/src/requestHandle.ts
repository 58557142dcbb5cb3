import { unlessAborted } from "./requests/settlement.ts";
import type { ClientRequest } from "./requests/clientRequest.ts";
import type { RequestState } from "./requests/requestState.ts";
import type { HandleStatus, Update, UpdatesOptions, WaitOptions } from "./types.ts";

/**
 * One request, as its sender holds it. It outlives connections. Not thenable: `await` the methods.
 *
 * A request that failed or was cancelled may be started again by an operator (`streamer requests redrive`). When the connection that
 * watched it hears of that, the handle goes on: `status` is `queued` or `running` again, `onChange` tells, `result()` and `updates()`
 * called from then on wait for the new end. The client knows it as long as the handle is held. A connection that was made after the end
 * is not told.
 *
 * No promise of a handle is reported as unhandled when nobody waits for it, so a request may be sent and forgotten.
 */
export interface RequestHandle<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown> {
  /** Known before anything is sent. Keep it to find the request again. */
  readonly id: string;
  /** By which the request is found in the server's logs. Known once the server has answered: when `accepted()` resolves or rejects. */
  readonly correlationId: string | undefined;
  readonly status: HandleStatus;
  /** Which run of the work is the newest known, from 1; 0 before the first is. */
  readonly attempt: number;
  /** When the next run may begin, while `status` is `retrying` and it is known. */
  readonly retryAt: Date | undefined;
  /** Whether `status` and the updates may be behind the truth: the connection is down, or missed updates are still being fetched. */
  readonly stale: boolean;
  /**
   * Every update once and in order, from the first this handle knows, or the first after `after`; ends when the request has ended or the
   * client is closed. What the server does not have any more is told by one update of type `gap`. Never throws: `result()` carries the
   * failure. Each call begins anew. Updates are kept in memory as long as the handle is.
   */
  updates(options?: UpdatesOptions): AsyncIterable<Update<Metadata, Chunk>>;
  /**
   * What the action returned. A promise that was rejected stays so after a redrive; another call waits for the new end.
   *
   * @throws {AnyStreamerError} Switch on its `code`: the server's error; `CANCELLED`; `PAYLOAD_TOO_LARGE` over 10 MiB, for a
   *   short action over 32 KB; `INVALID_MESSAGE` before anything is sent; `DUPLICATE_REQUEST` when an open request of this client has the id and another content;
   *   `NOT_FOUND` for one of `get(id)` that is not there; `SERVICE_UNAVAILABLE` with `details.reason` `queue_full` when too many wait
   *   for a connection (nothing was sent), `client_closed` after `close()` (the request may still be running), `gateway` when
   *   the server failed to take the frame six times (it may have been stored: the same id may be sent again), `upload` when a payload
   *   over 32 KB could not be uploaded, or `download` when a result over 128 KB could not be fetched (send the same id again for it).
   * @throws the signal's reason when that is aborted first.
   */
  result(options?: WaitOptions): Promise<Data>;
  /**
   * Resolves when the server has taken the request: from here on it reaches an end, with or without this client.
   *
   * @throws {AnyStreamerError} as `result()`, when it was not taken.
   */
  accepted(options?: WaitOptions): Promise<void>;
  /**
   * Asks that the request end early; sent after the acknowledgment. Resolves when the server has answered, or the request has ended;
   * `result()` tells how. A request that was never sent ends at once.
   *
   * @param reason up to 256 characters.
   * @throws {AnyStreamerError} the server's refusal, or `INVALID_MESSAGE` for a longer reason.
   */
  cancel(reason?: string): Promise<void>;
  /** Calls `listener` after every change of `status`, `stale` or the updates. @returns what stops it. */
  onChange(listener: () => void): () => void;
}

export function createRequestHandle<Data, Metadata, Chunk>(request: ClientRequest): RequestHandle<Data, Metadata, Chunk> {
  const { state, watch } = request;
  return {
    id: request.id,
    get correlationId() {
      return request.correlationId;
    },
    get status() {
      return state.status;
    },
    get attempt() {
      return watch.attempt;
    },
    get retryAt() {
      return state.retryAt;
    },
    get stale() {
      return request.stale;
    },
    // The action's definition says what these are; the server has checked them.
    updates: (options = {}) => follow(request, options) as AsyncIterable<Update<Metadata, Chunk>>,
    result: (options = {}) => unlessAborted(state.result as Promise<Data>, options.signal),
    accepted: (options = {}) => unlessAborted(state.accepted.promise, options.signal),
    cancel: (reason) => request.cancel(reason),
    onChange: (listener) => state.changes.add(listener),
  };
}

async function* follow({ state, watch }: ClientRequest, { after = 0, signal }: UpdatesOptions): AsyncGenerator<Update, void, undefined> {
  for (let index = 0; ;) {
    if (signal?.aborted === true) return;
    const update = watch.updates[index];
    if (update !== undefined) {
      index += 1;
      if (update.sequence > after) yield update;
    } else if (state.settled) return;
    else await nextChange(state, signal);
  }
}

/** Resolves at the next change of the request, or when the signal is aborted. */
function nextChange(state: RequestState, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      remove();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const remove = state.changes.add(done);
    signal?.addEventListener("abort", done);
  });
}
