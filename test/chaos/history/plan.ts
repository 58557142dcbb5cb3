import * as fc from "fast-check";
import type { Behaviour } from "../app/src/actions/work/behaviour.ts";

/** Who takes part. Two tenants use the same names for their people, and the same ids for their requests. */
export const PEOPLE = [
  { tenant: "acme", user: "ada" },
  { tenant: "acme", user: "bob" },
  { tenant: "globex", user: "ada" },
  { tenant: "globex", user: "cyd" },
] as const;

/** What happens, and when: everything that the clients of one history do. Times in ms since its begin. */
export interface Plan {
  readonly requests: readonly PlannedRequest[];
  readonly absences: readonly Absence[];
}

export interface PlannedRequest {
  /** Index in `PEOPLE`. */
  readonly by: number;
  readonly atMs: number;
  readonly behaviour: Behaviour;
  /** After it was sent. */
  readonly cancelAfterMs: number | undefined;
  /** The same frame once more, after it was sent. */
  readonly repeatAfterMs: number | undefined;
  /** Another device of the same person watches, from the start or from some sequence on. */
  readonly watch: { readonly afterMs: number; readonly after: number } | undefined;
  /** Somebody else asks for it. */
  readonly probe: { readonly by: number; readonly afterMs: number; readonly how: Probe } | undefined;
}

/** `id`: another request under its id. */
export type Probe = "subscribe" | "cancel" | "id";

export interface Absence {
  readonly by: number;
  readonly atMs: number;
  readonly downMs: number;
}

/** Requests come at about this pace: as many as two cores can work on. */
const MS_PER_REQUEST = 60;

const person = fc.nat(PEOPLE.length - 1);
const only = <Value>(value: Value) => fc.constant(value);
/** Now and then more often than it may be tried. */
const soonOrNever = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 2 }) }, { weight: 1, arbitrary: fc.constant(5) });
const misfortune = fc.oneof(
  { weight: 12, arbitrary: fc.record({ failure: only("none" as const), failingAttempts: only(0) }) },
  { weight: 3, arbitrary: fc.record({ failure: fc.constantFrom("retryable" as const, "throw" as const), failingAttempts: soonOrNever }) },
  { weight: 2, arbitrary: fc.record({ failure: only("terminal" as const), failingAttempts: fc.integer({ min: 1, max: 2 }) }) },
  // Each of these takes a second or two of one of few sandboxes.
  {
    weight: 1,
    arbitrary: fc.record({ failure: fc.constantFrom("hang" as const, "stall" as const), failingAttempts: fc.integer({ min: 1, max: 2 }) }),
  },
);

const behaviour: fc.Arbitrary<Behaviour> = fc
  .record({
    steps: fc.integer({ min: 1, max: 5 }),
    stepMs: fc.integer({ min: 1, max: 60 }),
    effects: fc.nat(2),
    misfortune,
    // Within the request's item, in one of its own, and by reference.
    resultBytes: fc.oneof(
      { weight: 17, arbitrary: fc.nat(200) },
      { weight: 2, arbitrary: fc.integer({ min: 5_000, max: 60_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 140_000, max: 400_000 }) },
    ),
  })
  .map(({ misfortune: how, ...rest }) => ({ ...rest, ...how }));

function sometimes<Value>(oneIn: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const planOf = (requests: number): fc.Arbitrary<Plan> => {
  const spanMs = requests * MS_PER_REQUEST;
  const atMs = fc.nat(spanMs);
  const soonMs = fc.nat(900);
  const request: fc.Arbitrary<PlannedRequest> = fc.record({
    by: person,
    atMs,
    behaviour,
    cancelAfterMs: sometimes(8, soonMs),
    repeatAfterMs: sometimes(5, soonMs),
    watch: sometimes(4, fc.record({ afterMs: soonMs, after: fc.oneof(fc.constant(0), fc.integer({ min: 1_000_000, max: 1_000_004 })) })),
    probe: sometimes(6, fc.record({ by: person, afterMs: soonMs, how: fc.constantFrom<Probe>("subscribe", "cancel", "id") })),
  });
  const absence: fc.Arbitrary<Absence> = fc.record({ by: person, atMs, downMs: fc.integer({ min: 50, max: 1_500 }) });
  return fc.record({
    requests: fc.array(request, { minLength: requests, maxLength: requests }),
    absences: fc.array(absence, { minLength: 2, maxLength: Math.max(2, Math.ceil(requests / 12)) }),
  });
};

/** The plan of a seed: the same for the same seed and number. */
export function planFor(seed: number, requests: number): Plan {
  const [plan] = fc.sample(planOf(requests), { seed, numRuns: 1 });
  if (plan === undefined) throw new Error(`fast-check made no plan of seed ${seed}.`);
  return plan;
}
