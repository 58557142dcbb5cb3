import { MAX_TOPIC_MEMBERS } from "@streamer/protocol";
import type { PresenceMessage, SubscribedTopicMessage, TopicMember as WireMember } from "@streamer/protocol";
import type { TopicMember } from "./types.ts";

/** A user of whom at least one connection is subscribed. */
export interface TopicUser {
  readonly userId: string;
  /** When the first of the connections came, in Unix seconds. */
  readonly since: number;
  readonly connectionIds: readonly string[];
}

/** Folds the members of a topic by user: a user with two tabs is one. In the order in which they came. */
export function membersByUser(members: readonly TopicMember[] = []): readonly TopicUser[] {
  const byUser = new Map<string, { userId: string; since: number; connectionIds: string[] }>();
  for (const { userId, since, connectionId } of members) {
    const user = byUser.get(userId);
    if (user === undefined) byUser.set(userId, { userId, since, connectionIds: [connectionId] });
    else {
      user.since = Math.min(user.since, since);
      user.connectionIds.push(connectionId);
    }
  }
  return [...byUser.values()];
}

/** Who is subscribed to a topic: the server's list, and who came and left since. */
export class Members {
  /** Undefined: the topic has no presence, as far as it is known. */
  #byConnection: Map<string, TopicMember> | undefined;
  #more = 0;
  /** Who came (or, when undefined, left) while a list is asked for, which may be older. */
  readonly #meanwhile = new Map<string, TopicMember | undefined>();
  #asking = false;
  #sorted: readonly TopicMember[] | undefined;

  /** The same list until it changes. */
  get list(): readonly TopicMember[] | undefined {
    const members = this.#byConnection;
    return (this.#sorted ??=
      members && [...members.values()].toSorted((a, b) => a.since - b.since || (a.connectionId < b.connectionId ? -1 : 1)));
  }

  get more(): number {
    return this.#more;
  }

  /** A list has been asked for. */
  asked(): void {
    this.#asking = true;
  }

  /** The answer: it takes the place of what was known. */
  replace({ members, more = 0 }: SubscribedTopicMessage): void {
    this.#asking = false;
    this.#more = more;
    this.#byConnection = members && new Map(members.map(toMember).map((member) => [member.connectionId, member]));
    for (const [id, member] of this.#meanwhile) this.#note(id, member);
    this.#meanwhile.clear();
    this.#sorted = undefined;
  }

  /** Nothing is known any more. */
  clear(): void {
    this.#byConnection = undefined;
    this.#sorted = undefined;
    this.#more = 0;
  }

  /** @returns whether anything changed. */
  change({ joined, left }: PresenceMessage): boolean {
    const changes = [
      ...joined.map(toMember).map((member) => [member.connectionId, member] as const),
      ...left.map((id) => [id, undefined] as const),
    ];
    if (this.#asking) for (const [id, member] of changes) this.#meanwhile.set(id, member);
    if (this.#byConnection === undefined) return false;
    for (const [id, member] of changes) this.#note(id, member);
    this.#sorted = undefined;
    return true;
  }

  #note(id: string, member: TopicMember | undefined): void {
    const members = this.#byConnection;
    if (members === undefined) return;
    if (member === undefined) {
      if (!members.delete(id)) this.#more = Math.max(0, this.#more - 1);
    } else if (members.has(id) || members.size < MAX_TOPIC_MEMBERS) members.set(id, member);
    else this.#more += 1;
  }
}

function toMember({ connection_id: connectionId, user_id: userId, since }: WireMember): TopicMember {
  return { connectionId, userId, since };
}
