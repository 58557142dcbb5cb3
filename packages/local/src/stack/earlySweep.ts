import type { Clock, Timer } from "@streamer/protocol";
import type { RequestRef, RequestStore } from "@streamer/server";
import type { Logger } from "../bus/logger.ts";

export interface EarlySweepDeps {
  readonly requests: Pick<RequestStore, "getConsistent">;
  /** Runs the sweeper once, beside its schedule. */
  readonly sweep: () => Promise<unknown>;
  readonly clock: Pick<Clock, "now" | "after">;
  readonly logger: Pick<Logger, "warn">;
}

export interface EarlySweep {
  /** Sweeps once when the lease of this request has ended: whoever killed its worker by hand need not wait for the next minute. */
  afterLeaseOf(ref: RequestRef): Promise<void>;
  /** Sweeps no more, and waits for one that runs. */
  stop(): Promise<void>;
}

/** The lease's last millisecond is still the worker's. */
const MARGIN_MS = 100;

export function createEarlySweep({ requests, sweep, clock, logger }: EarlySweepDeps): EarlySweep {
  const timers = new Set<Timer>();
  const running = new Set<Promise<void>>();

  const run = (): void => {
    const swept = sweep().then(
      () => undefined,
      (error: unknown) => logger.warn("An early sweep failed; the next is a minute away at most.", { error: String(error) }),
    );
    running.add(swept);
    void swept.finally(() => running.delete(swept));
  };

  return {
    async afterLeaseOf(ref) {
      const request = await requests.getConsistent(ref);
      if (request?.leaseExpiresAt === undefined) return;
      const timer = clock.after(Math.max(0, request.leaseExpiresAt - clock.now()) + MARGIN_MS, () => {
        timers.delete(timer);
        run();
      });
      timers.add(timer);
    },
    async stop() {
      for (const timer of timers) timer.cancel();
      timers.clear();
      await Promise.all(running);
    },
  };
}
