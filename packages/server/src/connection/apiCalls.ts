import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { bulkhead } from "cockatiel";
import type { Breaker, CallResult } from "./breaker.ts";
import { classifyPostError } from "./errors.ts";

export interface ApiCallsConfig {
  /** Retries after the first try, on 5xx and network failures. Default 3 (S-030). */
  readonly retries?: number;
  /** Retries of what must be kept, on 429 and while the breaker is open. Default 5: with the default delays about 3 s. */
  readonly backPressureRetries?: number;
  /** One call with all its waits and retries. Default 10,000 ms. */
  readonly sendTimeoutMs?: number;
  /** Calls under way together; more wait. Default 100, as many as there are sockets (S-037). */
  readonly maxCalls?: number;
}

export interface ApiCallsDeps {
  readonly breaker: Breaker;
  readonly clock: Clock;
  /** The delay before a retry, in ms; counts from 0. */
  readonly backoff: (retry: number) => number;
}

export interface CallOptions {
  /** Aborted when nobody waits any longer. */
  readonly stop: AbortSignal;
  /** Asked at back-pressure, before and after each wait: whether the call is still worth it. */
  readonly keep: () => boolean;
}

/** Calls of the management API, each with retries, back-pressure and a deadline. Never throws. */
export type ApiCalls = (call: (signal: AbortSignal) => Promise<void>, options: CallOptions) => Promise<CallResult>;

export function createApiCalls(config: ApiCallsConfig, { breaker, clock, backoff }: ApiCallsDeps): ApiCalls {
  const { retries = 3, backPressureRetries = 5, sendTimeoutMs = 10_000, maxCalls = 100 } = config;
  const slots = bulkhead(maxCalls, Number.POSITIVE_INFINITY);

  const tryOnce = (call: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<CallResult> =>
    breaker.run(async () => {
      try {
        await slots.execute(() => {
          signal.throwIfAborted();
          return call(signal);
        }, signal);
        return { kind: "ok" };
      } catch (cause) {
        return { kind: classifyPostError(cause), cause };
      }
    });

  const withRetries = async (
    call: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
    keep: () => boolean,
  ): Promise<CallResult> => {
    let failed = 0;
    let pressed = 0;
    for (;;) {
      const result = await orAborted(tryOnce(call, signal), signal);
      if (result.kind === "unavailable") {
        if (failed >= retries) return result;
        await sleep(clock, backoff(failed++), signal);
      } else if (result.kind === "throttled" || result.kind === "circuit_open") {
        if (!keep()) return result.kind === "throttled" ? { kind: "dropped", cause: result.cause } : result;
        if (pressed >= backPressureRetries) return result;
        await sleep(clock, backoff(pressed++), signal);
        if (!keep()) return { kind: "dropped", cause: result.cause };
      } else {
        return result;
      }
    }
  };

  return async (call, { stop, keep }) => {
    const abort = new AbortController();
    const onStop = (): void => abort.abort(stop.reason);
    if (stop.aborted) onStop();
    else stop.addEventListener("abort", onStop, { once: true });
    const deadline = clock.after(sendTimeoutMs, () => abort.abort(new Error(`Not done within ${sendTimeoutMs} ms.`)));
    try {
      return await withRetries(call, abort.signal, keep);
    } catch (cause) {
      if (!abort.signal.aborted) throw cause;
      return { kind: stop.aborted ? "aborted" : "timed_out", cause };
    } finally {
      deadline.cancel();
      stop.removeEventListener("abort", onStop);
    }
  };
}

/** What `work` gives. @throws the signal's reason as soon as it is aborted: a call that does not heed its signal holds nobody up. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
