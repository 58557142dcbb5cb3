import { CancelledError, errorFromBody } from "@streamer/protocol";
import type { AnyStreamerError, OutcomeMessage, RequestStatus, ResultReference } from "@streamer/protocol";
import { deferred } from "../deferred.ts";
import type { Deferred } from "../deferred.ts";
import type { HandleStatus } from "../types.ts";

/** How a request ended for this client. */
export type Settlement =
  | { readonly status: "completed"; readonly data: unknown }
  /** Its result is still to be fetched. */
  | { readonly status: "completed"; readonly reference: ResultReference }
  | { readonly status: "failed" | "cancelled"; readonly error: AnyStreamerError };

export function settlementOf(message: OutcomeMessage): Settlement {
  if (message.type === "complete") {
    const { result } = message;
    return "data" in result ? { status: "completed", data: result.data } : { status: "completed", reference: result.reference };
  }
  if (message.type === "cancelled") return { status: "cancelled", error: cancelledError(message.reason) };
  return { status: "failed", error: errorFromBody(message.error) };
}

export function cancelledError(reason: string | undefined): CancelledError {
  return new CancelledError(reason === undefined ? {} : { details: { reason } });
}

/** What a handle shows while the server's status is this. An ended request shows its end only when its outcome has arrived. */
export const OPEN_STATUS: Readonly<Record<RequestStatus, HandleStatus>> = {
  pending: "queued",
  processing: "running",
  retrying: "retrying",
  completed: "running",
  failed: "running",
  cancelled: "running",
};

/** A promise to be settled from outside. A rejection that nobody waits for is not reported: an unwatched request must not end a process. */
export function quietPromise<Value>(): Deferred<Value> {
  const resolvers = deferred<Value>();
  resolvers.promise.catch(() => {});
  return resolvers;
}

export function quietRejection(reason: unknown): Promise<never> {
  const { promise, reject } = quietPromise<never>();
  reject(reason);
  return promise;
}

/** What `promise` gives, or a rejection with the signal's reason when that is aborted first. */
export function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  const { promise: waiting, resolve, reject } = quietPromise<Value>();
  const stop = (): void => signal.removeEventListener("abort", onAbort);
  const onAbort = (): void => {
    stop();
    reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  promise.then(resolve, reject).then(stop, stop);
  return waiting;
}
