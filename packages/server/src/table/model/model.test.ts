import { describe, expect, it } from "vitest";
import { TRANSITIONS } from "../transitions.ts";
import type { Clause } from "../transitions.ts";
import { WITHOUT_GUARD } from "./brokenTables.ts";
import { explore } from "./explore.ts";
import { createSystem } from "./invariants.ts";
import { stepsOf } from "./steps.ts";
import type { Bounds } from "./world.ts";

/** Two sweepers and two operators tell nothing new together: each pair has a scenario of its own. */
const SCENARIOS: Readonly<Record<string, Bounds>> = {
  "two workers, a sweeper, a canceller and an operator": { workers: 2, sweepers: 1, operators: 1, maxAttempt: 3 },
  "a worker, two sweepers and a canceller": { workers: 1, sweepers: 2, operators: 0, maxAttempt: 2 },
  "a worker, a canceller and two operators": { workers: 1, sweepers: 0, operators: 2, maxAttempt: 2 },
};
const MIN_STATES = 5_000;

describe("every interleaving keeps the promises", { timeout: 60_000 }, () => {
  it.for(Object.entries(SCENARIOS))("of %s", async ([, bounds], { annotate }) => {
    const { states, steps, violation } = explore(createSystem(bounds));
    await annotate(`${states} states and ${steps} steps explored`);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(MIN_STATES);
  });
});

it("everything that the table of transitions allows has happened in the model", () => {
  const bounds = { workers: 1, sweepers: 1, operators: 1, maxAttempt: 2 };
  const system = createSystem(bounds);
  const happened = new Set<string>();
  const noting = {
    ...system,
    *steps(world: (typeof system)["initial"]) {
      for (const step of stepsOf(world, bounds)) {
        if (step.write !== undefined) happened.add(`${step.write.name} from ${step.write.before.status}`);
        yield step;
      }
    },
  };
  expect(explore(noting).violation).toBeUndefined();
  const allowed = Object.entries(TRANSITIONS).flatMap(([name, { clauses }]) =>
    (clauses as readonly Clause[]).map(({ from }) => `${name} from ${from}`),
  );
  expect([...happened].toSorted()).toEqual(allowed.toSorted());
});

it.each(WITHOUT_GUARD)("a table of transitions that lets $title is found out", ({ may }) => {
  const finds = (bounds: Bounds): boolean => explore(createSystem({ ...bounds, may })).violation !== undefined;
  expect(Object.values(SCENARIOS).some(finds)).toBe(true);
});
