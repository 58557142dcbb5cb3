import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { rootOf } from "../explained.ts";
import { fail, NotCheckableError, skip } from "./finding.ts";
import type { Check, Finding } from "./finding.ts";

/** Longer than any part that is well takes, on a busy machine too. */
export const DEFAULT_CHECK_TIMEOUT_MS = 10_000;

/** Does all checks at the same time; findings in the checks' order. Never rejects: a check that throws or is late is a finding. */
export async function runChecks(checks: readonly Check[], clock: Clock): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => runCheck(check, clock)))).flat();
}

async function runCheck(
  { name, advice, runbook, timeoutMs = DEFAULT_CHECK_TIMEOUT_MS, run }: Check,
  clock: Clock,
): Promise<readonly Finding[]> {
  const late = new AbortController();
  const ended = new AbortController();
  const timer = sleep(clock, timeoutMs, ended.signal).then(
    () => late.abort(new Error(`it did not answer within ${timeoutMs / 1_000} seconds`)),
    // The check ended first.
    () => undefined,
  );
  try {
    return [await Promise.race([run(late.signal), rejectOnAbort(late.signal)])].flat();
  } catch (error) {
    // What a client of AWS makes of the signal says less than the signal itself.
    const reason: unknown = late.signal.aborted ? late.signal.reason : error;
    if (reason instanceof NotCheckableError) return [skip(name, reason.message)];
    return [fail(name, reason instanceof Error ? rootOf(reason) : String(reason), advice, runbook)];
  } finally {
    ended.abort();
    await timer;
  }
}

/** For checks that do not listen to their signal. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}
