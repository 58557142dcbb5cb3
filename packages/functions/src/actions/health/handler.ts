import { sleep } from "@streamer/protocol";
import type { Clock, OutputOf } from "@streamer/protocol";
import type { Handler, Logger } from "@streamer/server";
import type { health } from "./action.ts";

type Check = (signal: AbortSignal) => Promise<void>;
type CheckResult = OutputOf<typeof health>["checks"][string];

/** Longer than any healthy answer of a table, shorter than the action's timeout of 5 seconds. */
const DEFAULT_CHECK_TIMEOUT_MS = 2_000;

export interface HealthDeps {
  /** What must answer, by name. A check passes when it resolves; it must stop at the signal, which comes when it is late. */
  readonly checks: Readonly<Record<string, Check>>;
  /** Which build answers: shown to clients as it is. */
  readonly version: string;
  readonly clock: Clock;
  /** How long one check may take, in ms. Default 2,000. Beyond it the check has failed. */
  readonly checkTimeoutMs?: number;
}

/** Makes the handler of `health`. It does not fail: a check that does makes the answer `degraded`, and its reason goes to the log only. */
export function createHealth(deps: HealthDeps): Handler<typeof health> {
  const { checks, version, clock, checkTimeoutMs = DEFAULT_CHECK_TIMEOUT_MS } = deps;

  async function run(name: string, check: Check, logger: Logger): Promise<CheckResult> {
    const startedAt = clock.monotonic();
    const late = new AbortController();
    const ended = new AbortController();
    const timer = sleep(clock, checkTimeoutMs, ended.signal).then(
      () => late.abort(new Error(`The check "${name}" did not end within ${checkTimeoutMs} ms.`)),
      // The check ended first.
      () => undefined,
    );
    const toResult = (ok: boolean): CheckResult => ({ ok, duration_ms: Math.round(clock.monotonic() - startedAt) });
    try {
      await Promise.race([check(late.signal), rejectOnAbort(late.signal)]);
      return toResult(true);
    } catch (error) {
      logger.warn("A health check failed.", { app: { check: name }, error: error as Error });
      return toResult(false);
    } finally {
      ended.abort();
      await timer;
    }
  }

  return async ({ logger }) => {
    const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await run(name, check, logger)] as const));
    const degraded = results.filter(([, result]) => !result.ok).map(([name]) => name);
    return {
      status: degraded.length === 0 ? "ok" : "degraded",
      checks: Object.fromEntries(results),
      degraded,
      time: new Date(clock.now()).toISOString(),
      version,
    };
  };
}

/** For checks that do not listen to their signal. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}
