import { TimeoutError } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Outcome } from "../connection/outcome.ts";
import type { RequestMetricName } from "../observability/metrics.ts";
import type { UpdateLine } from "../progress/updateLine.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

/** What one attempt adds to the metrics of requests. Times count from when the request was queued: its submit, or its last redrive. */
export interface RequestMetrics {
  started(): void;
  /** The same line, which tells when its first update is stored and sent. */
  onLine(line: UpdateLine): UpdateLine;
  /** The attempt failed, whatever follows. */
  attemptFailed(cause: unknown): void;
  retried(): void;
  /** The request's outcome is written. */
  ended(outcome: Outcome): void;
}

export interface RequestMetricsDeps {
  readonly addMetric?: ((name: RequestMetricName, value: number) => void) | undefined;
  readonly clock: Pick<Clock, "now">;
}

const ENDED_AS = { completed: "RequestsCompleted", failed: "RequestsFailed", cancelled: "RequestsCancelled" } as const;

export function createRequestMetrics(request: StoredRequest, { addMetric = () => undefined, clock }: RequestMetricsDeps): RequestMetrics {
  const sinceQueuedMs = (): number => Math.max(0, clock.now() - request.queuedAt);
  // A later attempt's wait is the retry's, and its first update not the client's first.
  const isFirst = request.attempt === request.uncountedAttempts + 1;
  return {
    started() {
      if (isFirst) addMetric("QueueWait", sinceQueuedMs());
    },
    onLine: (line) => (isFirst ? tellingFirst(line, () => addMetric("TimeToFirstProgress", sinceQueuedMs())) : line),
    attemptFailed(cause) {
      if (cause instanceof TimeoutError) addMetric("AttemptsTimedOut", 1);
    },
    retried: () => addMetric("RequestsRetried", 1),
    ended({ status }) {
      addMetric(ENDED_AS[status], 1);
      addMetric("RequestsEnded", 1);
      addMetric("RequestDuration", sinceQueuedMs());
    },
  };
}

function tellingFirst(line: UpdateLine, onFirst: () => void): UpdateLine {
  let told = false;
  return {
    async append(make, options) {
      const written = await line.append(make, options);
      if (!told && written === "written") {
        told = true;
        onFirst();
      }
      return written;
    },
    retry: () => line.retry(),
    get lastSequence() {
      return line.lastSequence;
    },
    get taken() {
      return line.taken;
    },
  };
}
