import { setTimeout as delay } from "node:timers/promises";
import { actions } from "../app/src/actions/index.ts";
import { check } from "../checker/check.ts";
import type { Verdict } from "../checker/check.ts";
import type { History, Wanted } from "../checker/history.ts";
import { startSession } from "../clients/session.ts";
import type { Session } from "../clients/session.ts";
import { audit } from "../harness/audit.ts";
import { startChaosStack } from "../harness/chaosStack.ts";
import type { ChaosStack, TimedLogLine } from "../harness/chaosStack.ts";
import { drained, mostlyEnded } from "../harness/drained.ts";
import { readRemains } from "../harness/remains.ts";
import { act } from "./actors.ts";
import type { Devices } from "./actors.ts";
import { PEOPLE, planFor } from "./plan.ts";

export interface HistoryOptions {
  readonly seed: number;
  readonly requests: number;
  /** Default true. Without them a history must go well by itself. */
  readonly faults?: boolean;
}

export interface HistoryRun {
  readonly seed: number;
  readonly history: History;
  readonly verdict: Verdict;
  readonly faults: Readonly<Record<string, number>>;
  readonly logs: readonly TimedLogLine[];
  readonly durationMs: number;
}

/** One history: a stack of its own, hurt by the seed while clients do what the plan of the seed says; then calm, then the verdict. */
export async function runHistory({ seed, requests, faults = true }: HistoryOptions): Promise<HistoryRun> {
  const begin = performance.now();
  const chaos = await startChaosStack({ seed, faults });
  try {
    const history = await play(seed, requests, chaos);
    return {
      seed,
      history,
      verdict: check(history),
      faults: { ...chaos.faults },
      logs: chaos.logs,
      durationMs: performance.now() - begin,
    };
  } finally {
    await chaos.stop();
  }
}

async function play(seed: number, requests: number, chaos: ChaosStack): Promise<History> {
  const { stack, effectLog } = chaos;
  const url = stack.websocketUrl;
  const tokens = await Promise.all(PEOPLE.map((person) => stack.key.mint({ ...person, permissions: [], expiresIn: "1h" })));
  const failed = Promise.withResolvers<never>();
  // Looked at where the history waits; until then a failure must not count as unhandled.
  failed.promise.catch(() => undefined);
  const devices: readonly Devices[] = PEOPLE.map((person, index) => {
    const start = (kind: string) =>
      startSession({
        ...person,
        name: `${kind}.${person.tenant}.${person.user}`,
        url,
        token: tokens[index] ?? "",
        onError: failed.reject,
      });
    return { worker: start("worker"), watcher: start("watcher") };
  });
  const sessions = devices.flatMap(({ worker, watcher }) => [worker, watcher]);
  let wanted: readonly Wanted[];
  try {
    await Promise.race([connected(sessions), failed.promise]);
    const acted = act({ plan: planFor(seed, requests), devices, effectLog, attempts: actions.work.retry.attempts });
    wanted = await Promise.race([acted, failed.promise]);
    await Promise.race([mostlyEnded(stack, wanted.length), failed.promise]);
    chaos.calm();
    const workers = devices.map(({ worker }) => worker);
    const isAcknowledged = ({ tenant, user, requestId }: Wanted): boolean =>
      workers.some((worker) => worker.tenant === tenant && worker.user === user && worker.followed.get(requestId)?.acknowledged === true);
    await Promise.race([drained(stack, () => wanted.every(isAcknowledged)), failed.promise]);
  } finally {
    await Promise.all(sessions.map((session) => session.stop()));
  }
  const audits = await Promise.all(PEOPLE.map((person, index) => audit({ person, url, token: tokens[index] ?? "", wanted })));
  const transcripts = [...sessions.flatMap((session) => session.transcripts), ...audits];
  return { wanted, transcripts, ...(await readRemains(stack, effectLog)) };
}

/** A history begins when everybody is there. */
async function connected(sessions: readonly Session[]): Promise<void> {
  while (!sessions.every(({ transcripts }) => transcripts.length > 0)) await delay(50);
}
