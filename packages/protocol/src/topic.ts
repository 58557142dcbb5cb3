import type { StandardSchemaV1 } from "@standard-schema/spec";
import { TOPIC_PATTERN } from "./limits.ts";

type Schema = StandardSchemaV1;

/** The transitions of one's own requests. Every server has it, unless its deployment left it out. */
export const REQUESTS_TOPIC = "requests";
/** The transitions of all requests of the tenant: with the permission `requests:read`. */
export const TENANT_REQUESTS_TOPIC = "tenant:requests";

/** The data of an event of the two topics of requests. */
export interface RequestTopicData {
  readonly request_id: string;
  readonly action: string;
  readonly user_id: string;
  /** Where the request stands now. That it is processed is not told: watch the request itself for how far the work is. */
  readonly status: "pending" | "retrying" | "completed" | "failed" | "cancelled";
  /** How often the work was started. */
  readonly attempt: number;
}

/** What `defineTopic` is told of a topic. */
export interface TopicOptions<Event extends Schema> {
  /** Any Standard Schema that validates without a promise: the data of an event. As JSON text at most 31,232 bytes. */
  readonly event: Event;
  /** Permissions that a subscriber's token must carry, all of them. Default none: everyone of the tenant. */
  readonly permissions?: readonly string[];
  /** Whether subscribers learn who else is there, comes and goes. Default false. */
  readonly presence?: boolean;
}

/** A topic of the app, or a family of them: which events it has and who may hear them. Each tenant has its own. */
export interface Topic<Name extends string = string, Event extends Schema = Schema> {
  /** `"announcements"`, or with a star in place of the last part, `"rooms/*"`. */
  readonly name: Name;
  readonly event: Event;
  readonly permissions: readonly string[];
  readonly presence: boolean;
  /**
   * The topic to publish to. `part`: what stands for the star, such as `"lobby"`.
   *
   * @throws {RangeError} when a topic with a star gets no part, one without it gets one, or what comes of it is no topic's name.
   */
  at(...part: Name extends `${string}/*` ? [part: string] : []): TopicName<Event>;
}

/** The name of one topic, and what its events are. */
export interface TopicName<Event extends Schema = Schema> {
  readonly name: string;
  readonly topic: Pick<Topic<string, Event>, "event" | "name">;
}

/** What a handler publishes, and what a subscriber receives. */
export type PublishedOf<T extends Topic> = StandardSchemaV1.InferInput<T["event"]>;
/** What a subscriber receives: the data of an event as the schema `event` gives it. */
export type EventOf<T extends Topic> = StandardSchemaV1.InferOutput<T["event"]>;

const STAR = "/*";

/**
 * Defines a topic. Put it in a file of its own without server code: clients import it for its types.
 *
 * ```ts
 * export const room = defineTopic("rooms/*", { event: v.object({ text: v.string() }), presence: true });
 * await publish(room.at("lobby"), { text: "Hello" });
 * ```
 *
 * @throws {RangeError} for a name that is none, or is one of the server's own.
 */
export function defineTopic<const Name extends string, Event extends Schema>(name: Name, options: TopicOptions<Event>): Topic<Name, Event> {
  const family = name.endsWith(STAR);
  const stem = family ? name.slice(0, -STAR.length) : name;
  if (!TOPIC_PATTERN.test(stem))
    throw new RangeError(`Topic "${name}": a name is 1 to 128 characters of A-Z a-z 0-9 _ . : / -, and may end in "/*".`);
  if (isServerTopic(stem))
    throw new RangeError(`Topic "${name}": the names "requests" and "tenant:…" are the server's own. Choose another.`);
  return {
    name,
    event: options.event,
    permissions: options.permissions ?? [],
    presence: options.presence ?? false,
    at(...[part]: readonly string[]) {
      if (family !== (part !== undefined))
        throw new RangeError(`Topic "${name}" ${family ? "needs a part in place of its star" : "has no part"}.`);
      const full = part === undefined ? stem : `${stem}/${part}`;
      if (!matchesTopic(name, full)) throw new RangeError(`Topic "${name}": "${full}" is no name of it. See TOPIC_PATTERN.`);
      return { name: full, topic: { name, event: options.event } };
    },
  };
}

/** Whether a topic is one of the server's own, which nobody else publishes to. */
export function isServerTopic(name: string): boolean {
  return name === REQUESTS_TOPIC || name === "tenant" || name.startsWith("tenant:");
}

/** Whether a topic's name is that of a definition: `"rooms/*"` is of `"rooms/lobby"`, not of `"rooms"` or `"rooms/"` or `"rooms/a/b"`. */
export function matchesTopic(definition: string, name: string): boolean {
  if (!TOPIC_PATTERN.test(name)) return false;
  if (!definition.endsWith(STAR)) return definition === name;
  const stem = definition.slice(0, -1);
  return name.startsWith(stem) && name.length > stem.length && !name.slice(stem.length).includes("/");
}
