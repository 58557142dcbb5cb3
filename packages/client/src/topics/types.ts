import type { AnyStreamerError } from "@streamer/protocol";

/**
 * Where a subscription stands.
 *
 * - `subscribing`: the server has not answered yet, or the connection broke and it is subscribed again: events are missed meanwhile;
 * - `subscribed`: events come;
 * - `refused`: the server does not let this user in, or knows no such topic (`error` says why). Final: subscribe anew to try again;
 * - `closed`: `unsubscribe()` was called, or the client was closed (then `error` says so). Final.
 */
export type TopicState = "subscribing" | "subscribed" | "refused" | "closed";

/** What was published to a topic. */
export interface TopicEvent<Data = unknown> {
  /** No two events of a topic have the same. */
  readonly id: string;
  /** As its publisher sent it: checked by the topic's schema at the server, not again here. */
  readonly data: Data;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** A connection that is subscribed to a topic: one tab, or one device. */
export interface TopicMember {
  readonly connectionId: string;
  readonly userId: string;
  /** When it came, in Unix seconds. */
  readonly since: number;
}

/** How a topic is subscribed to. */
export interface SubscribeTopicOptions {
  /** Aborting unsubscribes, as `unsubscribe()` does. */
  readonly signal?: AbortSignal | undefined;
}

/** How the events of a topic are followed. */
export interface EventsOptions {
  /** Ends the following only; the subscription goes on. */
  readonly signal?: AbortSignal | undefined;
  /** How many events may wait for a slow consumer; beyond it the oldest are dropped, and counted. Default 1,000, at least 1. */
  readonly maxWaiting?: number | undefined;
}

/** The events of a topic from the call of `events()` on. Only one consumer may go through it. */
export interface TopicEvents<Data = unknown> extends AsyncIterableIterator<TopicEvent<Data>> {
  /** How many events were dropped because the consumer was too slow. */
  readonly dropped: number;
}

/**
 * A subscription of a topic. Events come while the connection is open, each once and in no promised order; what is published while it is
 * down is missed. So fetch the state that the events change when `state` becomes `subscribed` and at each `onGap`, and events from then on
 * keep it up to date.
 */
export interface TopicHandle<Data = unknown> {
  readonly topic: string;
  readonly state: TopicState;
  /** Why it was refused, or closed by the client's end. */
  readonly error: AnyStreamerError | undefined;
  /**
   * Who is subscribed, this connection included, those first who came first: of a topic with presence; `undefined` of others, and before the
   * server's first answer. While the connection is down it is the last that was known. `membersByUser` folds it by user.
   */
  readonly members: readonly TopicMember[] | undefined;
  /** About how many there are beyond the 200 that `members` names. */
  readonly moreMembers: number;
  /** How often events may have been missed because the connection broke. It rises when the subscription is there again. */
  readonly gaps: number;
  /**
   * Follows the events from this call on. It ends when the signal is aborted or the topic is unsubscribed.
   *
   * @throws {RangeError} when `maxWaiting` is less than 1.
   * @throws {AnyStreamerError} while it is gone through: why the subscription was refused, or that the client was closed.
   */
  events(options?: EventsOptions): TopicEvents<Data>;
  /** Calls `listener` with each event from now on. @returns what stops it. */
  onEvent(listener: (event: TopicEvent<Data>) => void): () => void;
  /** Calls `listener` after every change of `state`, `members`, `moreMembers` or `gaps`. @returns what stops it. */
  onChange(listener: () => void): () => void;
  /** Calls `listener` when the subscription is there again after events may have been missed: fetch anew what they change. @returns what stops it. */
  onGap(listener: () => void): () => void;
  /**
   * Ends this subscription. The server is told when no other handle of the client has the same topic. Resolves when the server has answered,
   * or there is nothing to tell it. Never rejects.
   */
  unsubscribe(): Promise<void>;
}
