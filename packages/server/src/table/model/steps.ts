import { isTerminal } from "@streamer/protocol";
import { mayHappen } from "../transitions.ts";
import type { GuardValues, TransitionName } from "../transitions.ts";
import { EFFECTS } from "./effects.ts";
import type { EffectValues, ModelItem } from "./effects.ts";
import type { Step } from "./explore.ts";
import { canonical, later, POLICY_ATTEMPTS, TICKS } from "./world.ts";
import type { Bounds, Decision, Operator, Sweeper, SweeperVerb, World } from "./world.ts";

/** A conditional write that happened. */
export interface Write {
  readonly name: TransitionName;
  /** Whose attempt it was meant for, by who wrote it. */
  readonly attempt: number | undefined;
  readonly before: ModelItem;
  readonly after: ModelItem;
}

export interface WorldStep extends Step<World> {
  readonly write?: Write;
}

export type May = typeof mayHappen;

export interface ModelOptions extends Bounds {
  /** Whether a transition may happen. Default: the table's own answer. */
  readonly may?: May;
}

/** Everything that anybody can do next. Who acts does so on what they know, however old that is. */
export function* stepsOf(world: World, options: ModelOptions): Generator<WorldStep> {
  for (const step of rawSteps(world, options)) yield { ...step, to: canonical(step.to) };
}

function* rawSteps(world: World, options: ModelOptions): Generator<WorldStep> {
  yield { label: "time passes", to: later(world) };
  yield* claimSteps(world, options);
  for (const index of world.workers.keys()) yield* workerSteps(world, index, options);
  yield* supervisorSteps(world, options);
  for (const index of world.sweepers.keys()) yield* sweeperSteps(world, index, options);
  yield* cancellerSteps(world, options);
  for (const index of world.operators.keys()) yield* operatorSteps(world, index, options);
}

/** Tries a write: what the world is like when it happened, `undefined` when it lost. */
function attemptWrite(
  world: World,
  name: TransitionName,
  { may = mayHappen }: ModelOptions,
  guards: Omit<GuardValues, "now">,
  effect: Partial<EffectValues> = {},
): { readonly to: World; readonly write: Write } | undefined {
  const before = world.item;
  if (!may(name, before, { ...guards, now: 0 })) return undefined;
  const after = { ...before, ...EFFECTS[name](before, { now: 0, ...TICKS, retryAt: 1, nextDueAt: 1, uncounted: false, ...effect }) };
  const outcomes = name === "redrive" ? 0 : world.outcomes + (isTerminal(after.status) ? 1 : 0);
  return { to: { ...world, item: after, outcomes }, write: { name, attempt: guards.attempt, before, after } };
}

/** A message comes. One that finds nothing to claim goes back or is dropped: nothing changes. */
function* claimSteps(world: World, options: ModelOptions): Generator<WorldStep> {
  if (world.workers.length === options.workers || world.item.attempt === options.maxAttempt) return;
  const claim = attemptWrite(world, "claim", options, {});
  if (claim === undefined) return;
  const { attempt, uncounted_attempts, cancel_requested_at } = claim.write.after;
  const worker = { attempt, counted: attempt - uncounted_attempts, mustStop: cancel_requested_at !== undefined };
  yield { label: `attempt ${attempt} is claimed`, to: { ...claim.to, workers: [...world.workers, worker] }, write: claim.write };
}

function* workerSteps(world: World, index: number, options: ModelOptions): Generator<WorldStep> {
  const worker = world.workers[index];
  if (worker === undefined) return;
  const { attempt, counted, mustStop } = worker;
  const gone = (from: World): World => ({ ...from, workers: from.workers.filter((_, at) => at !== index) });
  const told = (from: World): World => ({
    ...from,
    workers: from.workers.map((each, at) => (at === index ? { ...each, mustStop: true } : each)),
  });

  yield { label: `the worker of attempt ${attempt} dies`, to: gone(world) };
  yield {
    label: `the worker of attempt ${attempt} dies, and it is known`,
    to: { ...gone(world), releases: [...world.releases, attempt] },
  };

  const beat = attemptWrite(world, "heartbeat", options, { attempt });
  if (beat === undefined) yield { label: `attempt ${attempt} learns that it lost its lease`, to: gone(world) };
  else {
    const after = beat.write.after.cancel_requested_at === undefined ? beat.to : told(beat.to);
    yield { label: `attempt ${attempt} renews its lease`, to: after, write: beat.write };
  }

  // Once it has seen the wish it can only stop; one attempt too many can only fail.
  const settles = mustStop ? ["stop"] : counted > POLICY_ATTEMPTS ? ["fail"] : ["complete", "fail"];
  for (const name of settles as ("stop" | "fail" | "complete")[]) {
    const settled = attemptWrite(world, name, options, { attempt });
    if (settled === undefined) yield { label: `attempt ${attempt} comes too late to ${name}`, to: gone(world) };
    else {
      yield { label: `attempt ${attempt} writes ${name}`, to: gone(settled.to), write: settled.write };
      // A write whose answer is lost on its way is tried again.
      yield { label: `attempt ${attempt} writes ${name} and does not hear of it`, to: settled.to, write: settled.write };
    }
  }
  if (mustStop || counted > POLICY_ATTEMPTS) return;
  for (const uncounted of counted < POLICY_ATTEMPTS ? [false, true] : [true]) {
    const retried = attemptWrite(world, "retry", options, { attempt }, { uncounted });
    const { status, attempt: latest, cancel_requested_at } = world.item;
    if (retried !== undefined) {
      const label = `attempt ${attempt} writes retry${uncounted ? " without being counted" : ""}`;
      yield { label, to: gone(retried.to), write: retried.write };
      yield { label: `${label} and does not hear of it`, to: retried.to, write: retried.write };
    } else if (status === "processing" && latest === attempt && cancel_requested_at !== undefined) {
      yield { label: `attempt ${attempt} learns that it must not be retried`, to: told(world) };
    } else yield { label: `attempt ${attempt} comes too late to retry`, to: gone(world) };
  }
}

function* supervisorSteps(world: World, options: ModelOptions): Generator<WorldStep> {
  for (const attempt of world.releases) {
    const releases = world.releases.filter((each) => each !== attempt);
    const released = attemptWrite(world, "release", options, { attempt });
    const label = `attempt ${attempt} is told dead`;
    if (released === undefined) yield { label: `${label}, too late`, to: { ...world, releases } };
    else yield { label, to: { ...released.to, releases }, write: released.write };
  }
}

function* sweeperSteps(world: World, index: number, options: ModelOptions): Generator<WorldStep> {
  const sweeper = world.sweepers[index];
  if (sweeper === undefined) return;
  const becomes = (from: World, next: Sweeper): World => ({
    ...from,
    sweepers: from.sweepers.map((each, at) => (at === index ? next : each)),
  });
  if (sweeper === "idle") {
    for (const verb of sweeperVerbs(world.item)) {
      const decision = { verb, attempt: world.item.attempt, dueAt: world.item.due_at ?? 0 };
      yield { label: `a sweeper decides to ${verb}`, to: becomes(world, decision) };
    }
    return;
  }
  yield { label: "a sweeper dies", to: becomes(world, "idle") };
  const written = sweep(world, sweeper, options);
  if (written === undefined) yield { label: `a sweeper comes too late to ${sweeper.verb}`, to: becomes(world, "idle") };
  else yield { label: `a sweeper writes ${sweeper.verb}`, to: becomes(written.to, "idle"), write: written.write };
}

/** The write of a sweeper, with what it saw. */
export function sweep(world: World, { verb, attempt, dueAt }: Decision, options: ModelOptions): ReturnType<typeof attemptWrite> {
  const lost = verb === "recover" || verb === "abandon" || verb === "stopLost";
  return attemptWrite(world, verb, options, lost ? { attempt } : { dueAt });
}

/** What a sweeper may decide by what it sees: an action may have been removed, a request may have waited too long. */
export function sweeperVerbs(item: ModelItem): readonly SweeperVerb[] {
  if (item.work !== "open" || item.due_at === undefined || item.due_at > 0) return [];
  switch (item.status) {
    case "pending":
      return ["dispatch", "expire"];
    case "retrying":
      return ["dispatchRetry", "expire"];
    case "processing":
      if (item.lease_expires_at === undefined || item.lease_expires_at > 0) return [];
      if (item.cancel_requested_at !== undefined) return ["stopLost"];
      return item.attempt - item.uncounted_attempts < POLICY_ATTEMPTS ? ["recover", "abandon"] : ["abandon"];
    default:
      return [];
  }
}

function* cancellerSteps(world: World, options: ModelOptions): Generator<WorldStep> {
  if (world.canceller === "done") return;
  if (world.canceller === "ready") {
    const cancelled = attemptWrite(world, "cancel", options, {});
    const found = world.item.status === "processing" ? "found it running" : "done";
    if (cancelled === undefined) yield { label: "a user's cancel finds it running or ended", to: { ...world, canceller: found } };
    else yield { label: "a user cancels", to: { ...cancelled.to, canceller: "done" }, write: cancelled.write };
    return;
  }
  const asked = attemptWrite(world, "requestCancel", options, {});
  if (asked === undefined) yield { label: "a user's wish comes too late", to: { ...world, canceller: "done" } };
  else yield { label: "a user asks for its end", to: { ...asked.to, canceller: "done" }, write: asked.write };
}

function* operatorSteps(world: World, index: number, options: ModelOptions): Generator<WorldStep> {
  const operator = world.operators[index];
  if (operator === undefined || operator === "done") return;
  const becomes = (from: World, next: Operator): World => ({
    ...from,
    operators: from.operators.map((each, at) => (at === index ? next : each)),
  });
  const { attempt } = world.item;
  if (operator === "ready") {
    yield { label: "an operator looks at it", to: becomes(world, { saw: attempt }) };
    return;
  }
  const redriven = attemptWrite(world, "redrive", options, { attempt: operator.saw });
  if (redriven === undefined) yield { label: "an operator's redrive is refused", to: becomes(world, "done") };
  else yield { label: "an operator redrives it", to: becomes(redriven.to, "done"), write: redriven.write };
}
