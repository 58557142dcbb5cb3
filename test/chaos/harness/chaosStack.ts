import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine } from "@streamer/local";

export const CHAOS_APP_DIR = resolve(import.meta.dirname, "../app");
/** In place of every minute. */
const SWEEP_EVERY_MS = 500;
/** Far beyond the sandboxes' need, and under the lease: a clock may be wrong, but not by more than a worker is given. */
const CLOCK_SKEW_MS = 100;

/**
 * Fewer of the faults that have hundreds of occasions in a history, and of those that cost a cold start; more of those on a request's own
 * way, of which each has one or two. So a history of 100 requests has each kind, and takes seconds.
 */
const RATES = {
  call_throttled: 0.01,
  call_failed: 0.01,
  answer_lost: 0.01,
  sandbox_killed: 0.015,
  sandbox_crashed_at_start: 0.1,
  record_dropped: 0.03,
  event_duplicated: 0.08,
  event_dropped: 0.03,
  message_duplicated: 0.08,
  message_dropped: 0.03,
} as const;

export interface TimedLogLine extends LogLine {
  /** Ms since 1970. */
  readonly at: number;
}

export interface ChaosStack {
  readonly stack: LocalStack;
  readonly logs: readonly TimedLogLine[];
  /** Where the handlers write down their side effects. */
  readonly effectLog: string;
  /** Every fault kind and how often it happened. */
  readonly faults: Readonly<Record<string, number>>;
  calm(): void;
  stop(): Promise<void>;
}

export interface ChaosStackOptions {
  readonly seed: number;
  /** Without it nothing goes wrong but what the requests themselves do. */
  readonly faults: boolean;
}

/** The whole system in this process, hurt by a seed. */
export async function startChaosStack({ seed, faults }: ChaosStackOptions): Promise<ChaosStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-chaos-"));
  const effectLog = join(dataDir, "effects.jsonl");
  await writeFile(effectLog, "");
  const logs: TimedLogLine[] = [];
  const stack = await startLocalStack({
    functionsDir: CHAOS_APP_DIR,
    dataDir,
    port: 0,
    log: (line) => void logs.push({ ...line, at: Date.now() }),
    wiring: (wiring) => ({ ...wiring, schedules: wiring.schedules.map((schedule) => ({ ...schedule, everyMs: SWEEP_EVERY_MS })) }),
    ...(faults ? { chaos: { seed, rates: RATES, clockSkewMs: CLOCK_SKEW_MS } } : {}),
  });
  return {
    stack,
    logs,
    effectLog,
    get faults() {
      return stack.chaos?.counts ?? {};
    },
    calm: () => stack.chaos?.calm(),
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
