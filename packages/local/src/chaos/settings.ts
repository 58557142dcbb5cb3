import type { ChaosOptions, FaultKind, FaultRates } from "./types.ts";

/** A rough day: every promise is put to the test within some hundred requests, and nearly all of them still end in seconds. */
export const DEFAULT_RATES: FaultRates = {
  record_duplicated: 0.05,
  record_delayed: 0.05,
  record_reordered: 0.05,
  record_dropped: 0.02,
  event_duplicated: 0.05,
  event_delayed: 0.05,
  event_dropped: 0.02,
  message_duplicated: 0.05,
  message_delayed: 0.05,
  message_dropped: 0.02,
  sandbox_killed: 0.05,
  sandbox_crashed_at_start: 0.05,
  call_throttled: 0.02,
  call_failed: 0.02,
  answer_lost: 0.02,
  post_gone: 0.01,
  post_throttled: 0.03,
  post_slow: 0.05,
  post_failed: 0.01,
  socket_cut: 0.01,
};

export const FAULT_KINDS = Object.keys(DEFAULT_RATES) as readonly FaultKind[];

const DEFAULT_MAX_DELAY_MS = 500;

/** The options with all defaults in place. */
export interface ChaosSettings {
  readonly seed: number;
  readonly rates: FaultRates;
  readonly clockSkewMs: number;
  readonly maxDelayMs: number;
}

/** @throws {RangeError} for a seed that is no safe integer, a rate outside 0 to 1 or of no known fault, and a negative time. */
export function toSettings(options: ChaosOptions): ChaosSettings {
  const { seed, rates = {}, clockSkewMs = 0, maxDelayMs = DEFAULT_MAX_DELAY_MS } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed of chaos is a safe integer, not ${seed}.`);
  check(rates);
  for (const [name, timeMs] of Object.entries({ clockSkewMs, maxDelayMs })) {
    if (!(timeMs >= 0 && Number.isFinite(timeMs))) throw new RangeError(`${name} is 0 or more milliseconds, not ${timeMs}.`);
  }
  return { seed, rates: { ...DEFAULT_RATES, ...rates }, clockSkewMs, maxDelayMs };
}

/** Rates of these faults and no others. @throws {RangeError} */
export function onlyThese(rates: Partial<FaultRates>): FaultRates {
  check(rates);
  return { ...(Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>), ...rates };
}

function check(rates: Partial<FaultRates>): void {
  for (const [kind, rate] of Object.entries(rates)) {
    if (!Object.hasOwn(DEFAULT_RATES, kind)) throw new RangeError(`Chaos has no fault "${kind}". It has: ${FAULT_KINDS.join(", ")}.`);
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`The rate of "${kind}" is a share from 0 to 1, not ${rate}.`);
  }
}
