import { describe, expect, it } from "vitest";
import { explore } from "../model/explore.ts";
import type { Exploration } from "../model/explore.ts";
import { AS_CODED, permutations, without } from "./orders.ts";
import type { Orders } from "./orders.ts";
import { createOrdersSystem } from "./promise.ts";
import type { Rules, Scenario } from "./world.ts";

const FROM_START = { after: 0 };
const WORK = { attempt: 1, tasks: ["flush", "flush", "complete"] } as const;
const SECOND = { attempt: 2, tasks: ["claim", "flush", "complete"] } as const;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "two subscribers": { stored: 0, actors: [WORK], watchers: [FROM_START, FROM_START] },
  "the submitter, and one that comes back": { stored: 1, actors: [WORK], watchers: ["submitter", { after: 1_000_001 }] },
  "one from the start and one that comes back": { stored: 2, actors: [WORK], watchers: [FROM_START, { after: 1_000_001 }] },
  "a retry": { stored: 0, actors: [{ attempt: 1, tasks: ["flush", "retry"] }, SECOND], watchers: ["submitter", FROM_START] },
  "a slow worker that is overtaken": {
    stored: 0,
    actors: [{ attempt: 1, tasks: ["flush", "flush", "complete"] }, { attempt: 1, tasks: ["recover"] }, SECOND],
    watchers: [FROM_START],
  },
  "a redrive": {
    stored: 0,
    actors: [{ attempt: 1, tasks: ["flush", "fail"] }, { attempt: 1, tasks: ["redrive"] }, SECOND],
    watchers: ["submitter", FROM_START],
  },
};

/** Each watcher by itself: what one does is nothing to another, and there is less to go through. */
const ALONE: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Object.entries(SCENARIOS).flatMap(([name, scenario]) =>
    scenario.watchers.map((watcher, index) => [`${name}, watcher ${index}`, { ...scenario, watchers: [watcher] }]),
  ),
);
/** The submitter reads nothing: there is little that can come in between. */
const MIN_STATES = 9;

function exploreIt(scenario: Scenario, rules: Partial<Rules>): Exploration {
  return explore(createOrdersSystem({ ...scenario, orders: AS_CODED, heals: false, ...rules }));
}

describe("in every interleaving", { timeout: 60_000 }, () => {
  it.for(Object.entries(SCENARIOS))(
    "of %s, all that is stored reaches each watcher, live or by replay",
    async ([, scenario], { annotate }) => {
      const { states, steps, violation } = exploreIt(scenario, {});
      await annotate(`${states} states and ${steps} steps explored`);
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(MIN_STATES);
    },
  );

  it.for(Object.entries(ALONE))("of %s, it takes the log once, in order, and then the outcome", async ([, scenario], { annotate }) => {
    const { states, steps, violation } = exploreIt(scenario, { heals: true });
    await annotate(`${states} states and ${steps} steps explored`);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(MIN_STATES);
  });

  it.for(Object.entries(ALONE))("of %s, also when any update may be lost on its way", async ([, scenario], { annotate }) => {
    const { states, steps, violation } = exploreIt(scenario, { heals: true, lossy: true });
    await annotate(`${states} states and ${steps} steps explored`);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(MIN_STATES);
  });
});

/** What is lost first with these orders, in any of the scenarios. */
function lostWith(orders: Partial<Orders>): string | undefined {
  for (const scenario of Object.values(ALONE)) {
    const { violation } = exploreIt(scenario, { orders: { ...AS_CODED, ...orders } });
    if (violation !== undefined) return violation.what;
  }
  return undefined;
}

const losesNothing = (orders: Partial<Orders>): boolean => lostWith(orders) === undefined;
const before = <Step>(order: readonly Step[], one: Step, other: Step): boolean => order.indexOf(one) < order.indexOf(other);

describe("no other order will do", { timeout: 60_000 }, () => {
  it("a flush loses updates unless it puts, reads the watchers, and posts", () => {
    const good = permutations(AS_CODED.flush).filter((flush) => losesNothing({ flush }));
    expect(good).toEqual([AS_CODED.flush]);
  });

  it("a settle loses the outcome unless it writes, reads the watchers, and posts", () => {
    const good = permutations(AS_CODED.transition).filter((transition) => losesNothing({ transition }));
    expect(good).toEqual([AS_CODED.transition]);
  });

  it("a subscriber loses something unless it puts its subscription before both reads; in which order it reads does not matter", () => {
    const all = permutations(AS_CODED.subscribe);
    const good = all.filter((subscribe) => losesNothing({ subscribe }));
    const putsFirst = all.filter(
      (order) => before(order, "put subscription", "read updates") && before(order, "put subscription", "read status"),
    );
    expect(good).toEqual(putsFirst);
    expect(good).toContainEqual(AS_CODED.subscribe);
    expect(all).toHaveLength(24);
  });
});

describe("no read can be left out, or replaced by one from before the write", () => {
  const { flush, transition, subscribe } = AS_CODED;
  it.each<[string, Partial<Orders>, RegExp]>([
    ["the watchers, by a flush", { flush: without(flush, "read watchers") }, /update .* never reaches/],
    ["the watchers, by a settle", { transition: without(transition, "read watchers") }, /outcome never reaches/],
    ["the updates, by a subscriber", { subscribe: without(subscribe, "read updates") }, /update .* never reaches/],
    ["the status, by a subscriber", { subscribe: without(subscribe, "read status") }, /outcome never reaches/],
  ])("%s", (_, orders, what) => {
    expect(lostWith(orders)).toMatch(what);
  });

  it("nor can the subscription", () => {
    expect(lostWith({ subscribe: without(subscribe, "put subscription") })).toMatch(/never reaches/);
  });
});

describe("what clients can heal by themselves", { timeout: 60_000 }, () => {
  const healing = (orders: Partial<Orders>): readonly (string | undefined)[] =>
    Object.values(ALONE).map((scenario) => exploreIt(scenario, { orders: { ...AS_CODED, ...orders }, heals: true }).violation?.what);

  it("an update that was not sent shows by the next, or by the outcome", () => {
    expect(healing({ flush: ["read watchers", "put update", "post"] }).filter((what) => what !== undefined)).toEqual([]);
  });

  it("an outcome that was not sent shows by nothing", () => {
    expect(healing({ transition: ["read watchers", "write status", "post"] })).toContainEqual(
      expect.stringMatching(/never takes the outcome/),
    );
  });
});
