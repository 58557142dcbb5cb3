import { ForbiddenError, matchesTopic, NotFoundError, REQUESTS_READ, REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import type { Topic } from "@streamer/protocol";

/** What the router must know of a topic before it lets anybody hear it. */
export interface TopicRules {
  readonly permissions: readonly string[];
  readonly presence: boolean;
}

export interface TopicAccessConfig {
  readonly topics?: readonly Topic[] | undefined;
  readonly requestTopics?: boolean | undefined;
}

/** Which topics there are, and who may hear them. */
export interface TopicAccess {
  /** @throws {NotFoundError} for no topic of this server. @throws {ForbiddenError} when one of these permissions is missing. */
  allow(name: string, permissions: readonly string[]): TopicRules;
  /** The same question, answered. */
  allows(name: string, permissions: readonly string[]): boolean;
}

/** @throws {RangeError} for two topics of one name. */
export function createTopicAccess({ topics = [], requestTopics = true }: TopicAccessConfig): TopicAccess {
  const rules = new Map<string, TopicRules>(topics.map((topic) => [topic.name, topic]));
  if (rules.size < topics.length) {
    const twice = topics.find((topic, index) => topics.findIndex(({ name }) => name === topic.name) !== index);
    throw new RangeError(`The topic "${twice?.name}" is defined twice. Remove one: they may differ in who hears them.`);
  }
  if (requestTopics) {
    rules.set(REQUESTS_TOPIC, { permissions: [], presence: false });
    rules.set(TENANT_REQUESTS_TOPIC, { permissions: [REQUESTS_READ], presence: false });
  }
  // A topic's own name goes before a family that it would be of.
  const find = (name: string): TopicRules | undefined =>
    rules.get(name) ?? [...rules].find(([definition]) => matchesTopic(definition, name))?.[1];
  const missing = (found: TopicRules, permissions: readonly string[]): readonly string[] =>
    found.permissions.filter((permission) => !permissions.includes(permission));
  return {
    allow(name, permissions) {
      const found = find(name);
      if (found === undefined) throw new NotFoundError({ details: { reason: "this server has no such topic" } });
      const lacking = missing(found, permissions);
      if (lacking.length > 0) throw new ForbiddenError({ details: { missing: lacking } });
      return found;
    },
    allows(name, permissions) {
      const found = find(name);
      return found !== undefined && missing(found, permissions).length === 0;
    },
  };
}
