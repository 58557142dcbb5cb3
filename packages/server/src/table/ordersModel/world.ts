import type { RequestStatus } from "@streamer/protocol";
import type { Orders } from "./orders.ts";

/** A stored update, without what it says. */
export interface Update {
  readonly sequence: number;
  readonly previous: number;
  readonly attempt: number;
}

/** The request, its log and its subscriptions, as the table holds them. */
export interface Table {
  readonly status: RequestStatus;
  readonly attempt: number;
  /** Saved with the outcome: the last update before it. */
  readonly last: number;
  readonly log: readonly Update[];
  /** Who has a subscription, by index in the scenario. */
  readonly subscribed: readonly number[];
}

export type Message =
  | { readonly kind: "update"; readonly update: Update }
  | { readonly kind: "outcome"; readonly attempt: number; readonly last: number }
  | { readonly kind: "status"; readonly status: "retrying" | "pending" };

/** What the request's item says, to who reads it. */
export type Snapshot = Pick<Table, "status" | "attempt" | "last">;

/** One that acts on the request: a worker, the sweeper, an operator. */
export interface Actor {
  readonly task: number;
  readonly step: number;
  /** Watchers, as it read them last. */
  readonly known: readonly number[];
  /** Who is still to be sent the message of the step. */
  readonly sending: readonly number[] | undefined;
  /** The update that its next follows on. */
  readonly previous: number;
}

/** A question under way: how far it is, and what was read for its answer. */
export interface Ask {
  readonly step: number;
  readonly authorised: Snapshot | undefined;
  readonly updates: readonly Update[];
  readonly status: Snapshot | undefined;
}

/** What a client took, in order. `again`: the request was started again after its end. */
export type Taken = number | "end" | "again";

export interface Client {
  readonly ask: Ask | undefined;
  /** Arrived live while it asks. */
  readonly held: readonly Message[];
  readonly last: number;
  readonly attempt: number;
  /** The attempt whose outcome it has taken; 0: none. */
  readonly ended: number;
  readonly taken: readonly Taken[];
  /** All that reached it, live or by replay, taken or not. */
  readonly received: readonly number[];
  /** The newest attempt whose outcome reached it. */
  readonly outcomeReceived: number;
}

export interface World {
  readonly table: Table;
  readonly actors: readonly Actor[];
  readonly clients: readonly Client[];
}

export type Task = "claim" | "flush" | "retry" | "fail" | "complete" | "recover" | "redrive";

export interface Script {
  /** Of a worker: its own. Of a sweeper or an operator: the one it has seen. */
  readonly attempt: number;
  readonly tasks: readonly Task[];
}

/** `submitter`: its connection stands on the request and needs no subscription. */
export type WatcherKind = "submitter" | { readonly after: number };

export interface Scenario {
  /** Updates of the first attempt that are in the log at the beginning. */
  readonly stored: number;
  readonly actors: readonly Script[];
  readonly watchers: readonly WatcherKind[];
}

export interface Rules extends Scenario {
  readonly orders: Orders;
  /** Clients ask again when they see that something is missing, as PROTOCOL.md tells them to. Without it only the orders protect them. */
  readonly heals: boolean;
  /** Any update may be lost on its way to any watcher: dropped at a 429, given up, sent to a connection that is cut. */
  readonly lossy?: boolean;
}

export const sequenceOf = (attempt: number, n: number): number => attempt * 1_000_000 + n;

export function initialWorld({ stored, actors, watchers }: Scenario): World {
  const log = Array.from({ length: stored }, (_, index) => ({
    sequence: sequenceOf(1, index + 1),
    previous: index === 0 ? 0 : sequenceOf(1, index),
    attempt: 1,
  }));
  const last = log.at(-1)?.sequence ?? 0;
  return {
    table: { status: "processing", attempt: 1, last: 0, log, subscribed: [] },
    actors: actors.map(() => ({ task: 0, step: 0, known: [], sending: undefined, previous: last })),
    clients: watchers.map((kind) => ({
      ask: kind === "submitter" ? undefined : NEW_ASK,
      held: [],
      last: kind === "submitter" ? last : kind.after,
      attempt: 0,
      ended: 0,
      taken: [],
      received: [],
      outcomeReceived: 0,
    })),
  };
}

export const NEW_ASK: Ask = { step: 0, authorised: undefined, updates: [], status: undefined };
