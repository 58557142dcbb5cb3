import * as fc from "fast-check";

/** What one run does: times in ms since its begin, or since the request was acknowledged. */
export interface Plan {
  readonly requests: readonly PlannedRequest[];
}

export interface PlannedRequest {
  readonly atMs: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly failure: "none" | "retryable" | "throw" | "terminal";
  /** Attempts up to this one fail halfway. */
  readonly failingAttempts: number;
  /** The oldest updates are deleted, as if their time was over; so many of the newest are left. */
  readonly trim: { readonly atMs: number; readonly keep: number } | undefined;
  /** Of the connection that sent it. */
  readonly upsets: readonly Upset[];
  readonly watchers: readonly PlannedWatcher[];
}

export interface PlannedWatcher {
  readonly joinMs: number;
  /** It has so much of what is stored when it comes, 0 to 1. */
  readonly has: number;
  /** Another user of the tenant, who may read all of its requests. */
  readonly foreign: boolean;
  readonly upsets: readonly Upset[];
}

/** `cut`: its socket breaks. `reload`: all is gone but the last sequence; a new client goes on from there. */
export interface Upset {
  readonly atMs: number;
  readonly how: "cut" | "reload";
}

/** Within this all has begun, and most is over: attempts take a second at most. */
const SPAN_MS = 2_500;

const atMs = fc.nat(SPAN_MS);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.oneof(fc.constant(undefined), value);
const upsets = fc.array(fc.record({ atMs, how: fc.constantFrom("cut" as const, "reload" as const) }), { maxLength: 3 });

const watcher: fc.Arbitrary<PlannedWatcher> = fc.record({
  joinMs: atMs,
  has: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  foreign: fc.boolean(),
  upsets,
});

const request: fc.Arbitrary<PlannedRequest> = fc.record({
  atMs: fc.nat(600),
  steps: fc.integer({ min: 2, max: 8 }),
  stepMs: fc.integer({ min: 30, max: 140 }),
  failure: fc.constantFrom("none", "none", "retryable", "throw", "terminal"),
  failingAttempts: fc.integer({ min: 1, max: 3 }),
  trim: maybe(fc.record({ atMs, keep: fc.integer({ min: 1, max: 3 }) })),
  upsets,
  watchers: fc.array(watcher, { minLength: 1, maxLength: 3 }),
});

const plan: fc.Arbitrary<Plan> = fc.record({ requests: fc.array(request, { minLength: 6, maxLength: 8 }) });

/** The same for the same seed. */
export function planFor(seed: number): Plan {
  const [planned] = fc.sample(plan, { seed, numRuns: 1 });
  if (planned === undefined) throw new Error(`fast-check made no plan of seed ${seed}.`);
  return planned;
}
