import type { Logger } from "@aws-lambda-powertools/logger";
import { CancelledError } from "@streamer/protocol";
import type { Clock, Timer } from "@streamer/protocol";
import type { Progress, RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

/** A worker renews so often in a lease, and each 10 seconds in a longer one: what it saves and sees must not be older. */
const RENEWALS_PER_LEASE = 6;
export const MAX_HEARTBEAT_INTERVAL_MS = 10_000;

/** The worker is not the one any more: another attempt has the request, or it has ended. Nothing may be written. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

export interface Lease {
  /** Whether this worker may still write, by a clock that cannot jump. */
  held(): boolean;
  /** Stops renewing. Resolves when the renewal under way is done. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly request: StoredRequest;
  readonly leaseMs: number;
  /** Monotonic time before the call that took the lease: the lease may be older than it looks, never younger. */
  readonly takenAt: number;
  /** What each renewal saves. */
  readonly progress: () => Progress | undefined;
  /** Called once when the work must stop: `LeaseLostError`, or `CancelledError` when somebody asked for it. */
  readonly onStop: (reason: LeaseLostError | CancelledError) => void;
}

export interface LeaseDeps {
  readonly requests: Pick<RequestStore, "heartbeat">;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
}

/** Holds a claimed request: renews its lease, saves the last progress, sees cancellation. */
export function holdLease({ request, leaseMs, takenAt, progress, onStop }: LeaseOptions, { requests, clock, logger }: LeaseDeps): Lease {
  const intervalMs = Math.min(MAX_HEARTBEAT_INTERVAL_MS, leaseMs / RENEWALS_PER_LEASE);
  let heldUntil = takenAt + leaseMs;
  let released = false;
  let timer: Timer | undefined;
  let renewal: Promise<void> | undefined;

  const renew = async (): Promise<void> => {
    const before = clock.monotonic();
    try {
      const result = await requests.heartbeat(request, request.attempt, leaseMs, progress());
      if (!result.done) {
        heldUntil = Number.NEGATIVE_INFINITY;
        onStop(new LeaseLostError(`Attempt ${request.attempt} of request ${request.requestId} is not the one that runs any more.`));
        return;
      }
      heldUntil = before + leaseMs;
      if (result.request.cancelRequestedAt !== undefined) onStop(cancelledBy(result.request));
    } catch (error) {
      logger.warn("A heartbeat failed; the next one follows.", { operation: "lease", error: error as Error });
      if (clock.monotonic() >= heldUntil) {
        onStop(new LeaseLostError(`The lease of request ${request.requestId} ended, and the table does not answer.`));
        return;
      }
    }
    schedule();
  };

  const schedule = (): void => {
    if (released) return;
    timer = clock.after(intervalMs, () => {
      renewal = renew();
    });
  };
  schedule();

  return {
    held: () => clock.monotonic() < heldUntil,
    async release() {
      released = true;
      timer?.cancel();
      await renewal;
    },
  };
}

/** What stops the work of a request that somebody asked to cancel. */
export function cancelledBy(request: StoredRequest): CancelledError {
  return new CancelledError(request.cancelReason === undefined ? {} : { details: { reason: request.cancelReason } });
}
