import { isTerminal } from "@streamer/protocol";
import type { Step } from "../model/explore.ts";
import { answered, arrive } from "./client.ts";
import type { FlushStep, TransitionStep, ClaimStep } from "./orders.ts";
import { sequenceOf } from "./world.ts";
import type { Actor, Ask, Message, Rules, Script, Snapshot, Table, Task, World } from "./world.ts";

type OrderStep = Step<World>;

/** Has nothing more to do. */
const GONE: Actor = { task: Number.MAX_SAFE_INTEGER, step: 0, known: [], sending: undefined, previous: 0 };

/** Everything that can happen next, by anyone. */
export function* stepsOf(world: World, rules: Rules): Iterable<OrderStep> {
  for (const index of world.actors.keys()) yield* actorSteps(world, index, rules);
  for (const index of world.clients.keys()) yield* clientSteps(world, index, rules);
}

function* actorSteps(world: World, index: number, rules: Rules): Iterable<OrderStep> {
  const actor = world.actors[index];
  const script = rules.actors[index];
  const task = actor === undefined ? undefined : script?.tasks[actor.task];
  if (actor === undefined || script === undefined || task === undefined) return;
  const order = orderOf(task, rules);
  const message = messageOf(task, script, actor, rules);
  const name = `${index}: ${task} ${script.attempt}:`;
  const next = (change: Partial<Actor>, over: boolean): Actor => {
    const changed = { ...actor, ...change, sending: undefined };
    if (!over) return { ...changed, step: actor.step + 1 };
    const previous = message?.kind === "update" ? message.update.sequence : changed.previous;
    return actor.task + 1 === script.tasks.length ? GONE : { ...changed, task: actor.task + 1, step: 0, previous };
  };
  const done = (label: string, change: Partial<Actor>, table: Table = world.table): OrderStep => ({
    label: `${name} ${label}`,
    to: { ...world, table, actors: world.actors.with(index, next(change, actor.step + 1 >= order.length)) },
  });
  const ends: OrderStep = {
    label: `${name} is overtaken`,
    to: { ...world, actors: world.actors.with(index, GONE) },
  };

  const step = order[actor.step];
  switch (step) {
    case undefined:
      return;
    case "put update": {
      if (message?.kind !== "update") return;
      if (!holds(script, world.table)) yield ends;
      // Also when it has lost its lease: it may have looked at its clock a moment before.
      const log = [...world.table.log, message.update].toSorted((a, b) => a.sequence - b.sequence);
      yield done(step, {}, { ...world.table, log });
      return;
    }
    case "write status": {
      const written = write(task, script, actor, world, rules);
      if (written === "lost") yield ends;
      else if (written !== "not yet") yield done(step, {}, written);
      return;
    }
    case "read previous":
      yield done(step, { previous: world.table.log.at(-1)?.sequence ?? 0 });
      return;
    case "read watchers":
      yield done(step, { known: world.table.subscribed });
      return;
    case "post": {
      const submitters = rules.watchers.flatMap((kind, watcher) => (kind === "submitter" ? [watcher] : []));
      const sending = actor.sending ?? [...submitters, ...actor.known];
      if (sending.length === 0 || message === undefined) yield done("nobody watches", {});
      else yield* posts(world, { index, name, message, sending, done: next({}, actor.step + 1 >= order.length) }, rules);
    }
  }
}

interface Posting {
  readonly index: number;
  readonly name: string;
  readonly message: Message;
  readonly sending: readonly number[];
  /** The actor when all are sent. */
  readonly done: Actor;
}

/** To one watcher after the other, in any order. */
function* posts(world: World, { index, name, message, sending, done }: Posting, rules: Rules): Iterable<OrderStep> {
  const actor = world.actors[index];
  for (const watcher of sending) {
    const client = world.clients[watcher];
    if (client === undefined || actor === undefined) continue;
    const left = sending.filter((other) => other !== watcher);
    const actors = world.actors.with(index, left.length === 0 ? done : { ...actor, sending: left });
    yield {
      label: `${name} post to ${watcher}`,
      to: { ...world, actors, clients: world.clients.with(watcher, arrive(client, message, rules)) },
    };
    if (rules.lossy === true && message.kind === "update") yield { label: `${name} post to ${watcher} is lost`, to: { ...world, actors } };
  }
}

function* clientSteps(world: World, index: number, rules: Rules): Iterable<OrderStep> {
  const client = world.clients[index];
  const ask = client?.ask;
  if (client === undefined || ask === undefined) return;
  const step = rules.orders.subscribe[ask.step];
  const name = `watcher ${index}:`;
  const { table } = world;
  const snapshot: Snapshot = { status: table.status, attempt: table.attempt, last: table.last };
  const asks = (change: Partial<Ask>, now: Table = table): OrderStep => ({
    label: `${name} ${step ?? "answer"}`,
    to: { ...world, table: now, clients: world.clients.with(index, { ...client, ask: { ...ask, ...change, step: ask.step + 1 } }) },
  });
  switch (step) {
    case "authorise":
      // Looked at by an answer that has no other.
      yield asks(rules.orders.subscribe.includes("read status") ? {} : { authorised: snapshot });
      return;
    case "put subscription":
      yield asks({}, { ...table, subscribed: [...new Set([...table.subscribed, index])].toSorted((a, b) => a - b) });
      return;
    case "read updates":
      yield asks({ updates: table.log.filter(({ sequence }) => sequence > client.last) });
      return;
    case "read status":
      yield asks({ status: snapshot });
      return;
    case undefined: {
      // Without a read of its own the answer has the status that was seen before.
      const after = answered(client, ask.updates, ask.status ?? ask.authorised, rules);
      yield { label: `${name} answer`, to: { ...world, clients: world.clients.with(index, after) } };
    }
  }
}

function orderOf(task: Task, { orders }: Rules): readonly (FlushStep | TransitionStep | ClaimStep)[] {
  if (task === "flush") return orders.flush;
  return task === "claim" ? orders.claim : orders.transition;
}

function messageOf(task: Task, { attempt, tasks }: Script, actor: Actor, { stored }: Rules): Message | undefined {
  switch (task) {
    case "flush": {
      const before = tasks.slice(0, actor.task).filter((other) => other === "flush").length;
      const sequence = sequenceOf(attempt, (attempt === 1 ? stored : 0) + before + 1);
      return { kind: "update", update: { sequence, previous: actor.previous, attempt } };
    }
    case "fail":
    case "complete":
      return { kind: "outcome", attempt, last: actor.previous };
    case "retry":
    case "recover":
      return { kind: "status", status: "retrying" };
    case "redrive":
      return { kind: "status", status: "pending" };
    case "claim":
      return undefined;
  }
}

const holds = ({ attempt }: Script, table: Table): boolean => table.status === "processing" && table.attempt === attempt;

/** The conditional write. `not yet`: it waits for what will come; `lost`: what it waits for will never come. */
function write(task: Task, script: Script, actor: Actor, world: World, rules: Rules): Table | "not yet" | "lost" {
  const { table } = world;
  switch (task) {
    case "claim":
      if (table.attempt >= script.attempt || table.status === "completed") return "lost";
      return table.status === "retrying" || table.status === "pending"
        ? { ...table, status: "processing", attempt: script.attempt }
        : "not yet";
    case "retry":
    case "recover":
      return holds(script, table) ? { ...table, status: "retrying" } : "lost";
    case "fail":
    case "complete":
      return holds(script, table) ? { ...table, status: task === "fail" ? "failed" : "completed", last: actor.previous } : "lost";
    case "redrive": {
      // By hand, long after the worker has said how it ended.
      const told = world.actors.every((other, index) => other.task === GONE.task || rules.actors[index]?.tasks.includes("fail") !== true);
      return isTerminal(table.status) && told ? { ...table, status: "pending" } : "not yet";
    }
    case "flush":
      return "lost";
  }
}
