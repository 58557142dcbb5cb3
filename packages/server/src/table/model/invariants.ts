import { isTerminal } from "@streamer/protocol";
import { TRANSITIONS } from "../transitions.ts";
import type { ModelItem } from "./effects.ts";
import { stepsOf, sweep, sweeperVerbs } from "./steps.ts";
import type { ModelOptions, WorldStep, Write } from "./steps.ts";
import type { System } from "./explore.ts";
import { canonical, initialWorld, itemKey, keyOf, later, POLICY_ATTEMPTS } from "./world.ts";
import type { World } from "./world.ts";

type Promises<Subject> = readonly (readonly [what: string, holds: (subject: Subject) => boolean])[];

/** What is true of every request at every time (design: states and promises). */
const OF_EVERY_STATE: Promises<World> = [
  ["no two outcomes are written without a redrive between them", ({ outcomes }) => outcomes <= 1],
  ["a request has ended exactly when an outcome was written", ({ item, outcomes }) => isTerminal(item.status) === (outcomes === 1)],
  [
    "one that is open stands in the open work, with a time at which it is looked at",
    ({ item }) => isTerminal(item.status) || (item.work === "open" && item.due_at !== undefined),
  ],
  [
    "one that failed stands among the dead letters, one that ended otherwise in no index",
    ({ item }) =>
      !isTerminal(item.status) ||
      (item.status === "failed"
        ? item.work === "failed" && item.due_at !== undefined
        : item.work === undefined && item.due_at === undefined),
  ],
  ["it has a lease exactly while it is processed", ({ item }) => (item.status === "processing") === (item.lease_expires_at !== undefined)],
  [
    "it has a time of its next attempt exactly while it waits for one",
    ({ item }) => (item.status === "retrying") === (item.retry_at !== undefined),
  ],
  [
    "the sweeper looks at one that waits not before it may be started",
    ({ item }) => item.status !== "retrying" || (item.due_at ?? 0) >= (item.retry_at ?? 0) || (item.due_at ?? 0) <= 0,
  ],
  [
    "one that waits for its next attempt has attempts left",
    ({ item }) => item.status !== "retrying" || item.attempt - item.uncounted_attempts < POLICY_ATTEMPTS,
  ],
  [
    "one whose end was asked for never waits: it is being stopped or has ended",
    ({ item }) => item.cancel_requested_at === undefined || (item.status !== "pending" && item.status !== "retrying"),
  ],
  ["only one whose end was asked for is cancelled", ({ item }) => item.status !== "cancelled" || item.cancel_requested_at !== undefined],
  [
    "no two workers have the same attempt, and none has one that was not given",
    ({ item, workers }) =>
      new Set(workers.map(({ attempt }) => attempt)).size === workers.length && workers.every(({ attempt }) => attempt <= item.attempt),
  ],
];

/** What is true of every write. */
const OF_EVERY_WRITE: Promises<Write> = [
  ["a transition leads where the table says", ({ name, after }) => after.status === TRANSITIONS[name].to],
  [
    "the attempt never falls, and rises by one with a claim only",
    ({ name, before, after }) => after.attempt === before.attempt + (name === "claim" ? 1 : 0),
  ],
  [
    "a request that has ended is changed by a redrive only, one that has completed by nothing",
    ({ name, before }) => !isTerminal(before.status) || (name === "redrive" && before.status !== "completed"),
  ],
  ["a redrive starts only what has ended", ({ name, before }) => name !== "redrive" || isTerminal(before.status)],
  ["what is meant for one attempt never befalls another", ({ attempt, before }) => attempt === undefined || attempt === before.attempt],
  [
    "work is taken from a worker only when its lease is over",
    ({ name, before, after }) =>
      (WORKERS_OWN as readonly string[]).includes(name) ||
      before.status !== "processing" ||
      before.lease_expires_at === undefined ||
      before.lease_expires_at <= 0 ||
      (after.status === "processing" && after.attempt === before.attempt && after.lease_expires_at === before.lease_expires_at),
  ],
  ["no attempt starts before its time", ({ name, before }) => name !== "claim" || before.status !== "retrying" || isOver(before.retry_at)],
  [
    "a wish to end it is forgotten by a redrive only",
    ({ name, before, after }) => name === "redrive" || before.cancel_requested_at === undefined || after.cancel_requested_at !== undefined,
  ],
  [
    "an event is sent again, or given up, only for a request that waits, and only when that is due",
    ({ name, before }) =>
      !["dispatch", "dispatchRetry", "expire"].includes(name) ||
      ((before.status === "pending" || before.status === "retrying") && isOver(before.due_at)),
  ],
  ["a redriven request has all its attempts anew", ({ name, after }) => name !== "redrive" || after.attempt === after.uncounted_attempts],
];

/** What a worker says of its own attempt, or is said of it once it is known to be dead. */
const WORKERS_OWN = ["heartbeat", "release", "complete", "fail", "stop", "retry"] as const;

function isOver(time: number | undefined): boolean {
  return time !== undefined && time <= 0;
}

const LIVENESS = "the sweeper alone brings every open request to its end, with all messages lost and all workers dead";
/** Ticks and writes of a sweeper that brings no request further than this are for nothing. */
const MAX_SWEEPS = 20;
/** So often is an event sent again before its request is given up. */
const MAX_DISPATCHES = 2;

/** The state machine with everybody in it, as something to explore. */
export function createSystem(options: ModelOptions): System<World, WorldStep> {
  const ends = new Map<string, boolean>();
  const endsBySweeper = (item: ModelItem): boolean => {
    const key = itemKey(item);
    const known = ends.get(key);
    if (known !== undefined) return known;
    const answer = sweptToItsEnd(item, options);
    ends.set(key, answer);
    return answer;
  };
  return {
    initial: canonical(initialWorld(options)),
    steps: (world) => stepsOf(world, options),
    keyOf,
    wrongWith: (world) => broken(OF_EVERY_STATE, world) ?? (endsBySweeper(world.item) ? undefined : LIVENESS),
    wrongIn: ({ write }) => (write === undefined ? undefined : broken(OF_EVERY_WRITE, write)),
  };
}

function broken<Subject>(promises: Promises<Subject>, subject: Subject): string | undefined {
  return promises.find(([, holds]) => !holds(subject))?.[0];
}

/** Nobody else is there: each tick the sweeper does the first that it may, and gives up what it has sent often. */
function sweptToItsEnd(item: ModelItem, options: ModelOptions): boolean {
  let world: World = { ...initialWorld(options), item };
  let dispatches = 0;
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps += 1) {
    if (isTerminal(world.item.status)) return true;
    const [first, last] = sweeperVerbs(world.item);
    const verb = dispatches < MAX_DISPATCHES || last === undefined ? first : last;
    if (verb !== undefined) {
      if (verb.startsWith("dispatch")) dispatches += 1;
      world = sweep(world, { verb, attempt: world.item.attempt, dueAt: world.item.due_at ?? 0 }, options)?.to ?? world;
    }
    world = later(world);
  }
  return false;
}
