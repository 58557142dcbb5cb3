import {
  ForbiddenError,
  MAX_TOPICS_PER_CONNECTION,
  MAX_TOPIC_MEMBERS,
  NotFoundError,
  REQUESTS_READ,
  REQUESTS_TOPIC,
  RateLimitedError,
  TENANT_REQUESTS_TOPIC,
  matchesTopic,
} from "@streamer/protocol";
import type { Clock, RequestTopicData, ServerMessage, SubscribedTopicMessage, Topic, TopicMember } from "@streamer/protocol";
import type { ServerConnection } from "./testConnection.ts";

export interface TopicsDeps {
  readonly clock: Clock;
  /** The app's; `undefined` when the server was not given any: then every name is a topic, for everyone and without presence. */
  readonly definitions: readonly Topic[] | undefined;
}

/** A transition of a stored request, and whose it is. */
export interface Transition extends RequestTopicData {
  readonly tenant_id: string;
}

/** The topics of a test server: who is subscribed to them, and what they are told. */
export interface TestTopics {
  /** @throws {StreamerError} when the connection may not, or the server knows no such topic. */
  subscribe(connection: ServerConnection, topic: string): SubscribedTopicMessage;
  unsubscribe(connection: ServerConnection, topic: string): ServerMessage;
  /** The connection has another token: it is removed from the topics that this one may not hear. */
  onRenewed(connection: ServerConnection): void;
  /** The connection has ended. */
  onEnd(connection: ServerConnection): void;
  /** @throws {Error} when the topic is the server's own or unknown, or the data does not fit it. */
  publish(tenantId: string, topic: string, data: unknown): void;
  onTransition(transition: Transition): void;
}

interface Channel {
  readonly topic: string;
  readonly presence: boolean;
  readonly members: Map<ServerConnection, TopicMember>;
}

export function createTopics({ clock, definitions }: TopicsDeps): TestTopics {
  const channels = new Map<string, Channel>();
  let events = 0;

  const nowSeconds = (): number => Math.floor(clock.now() / 1000);
  /** A topic's own name goes before a family that it would be of. */
  const definitionOf = (topic: string): Topic | undefined =>
    definitions?.find(({ name }) => name === topic) ?? definitions?.find(({ name }) => matchesTopic(name, topic));
  /** Each tenant has its own topics, and each user its own requests. */
  const keyOf = (tenantId: string, topic: string, userId?: string): string =>
    JSON.stringify([tenantId, topic, ...(topic === REQUESTS_TOPIC ? [userId] : [])]);
  const channelOf = ({ identity }: ServerConnection, topic: string): Channel => {
    const key = keyOf(identity.tenantId, topic, identity.userId);
    const channel = channels.get(key) ?? { topic, presence: definitionOf(topic)?.presence ?? false, members: new Map() };
    channels.set(key, channel);
    return channel;
  };
  /** After its token's end a connection hears nothing until it has another. */
  const isAuthorized = ({ identity, tokenRevoked }: ServerConnection): boolean => !tokenRevoked && identity.expiresAt * 1000 > clock.now();
  const tell = (channel: Channel | undefined, message: ServerMessage, except?: ServerConnection): void => {
    for (const connection of channel?.members.keys() ?? []) if (connection !== except && isAuthorized(connection)) connection.send(message);
  };
  const leave = (connection: ServerConnection, channel: Channel): void => {
    if (channel.members.delete(connection) && channel.presence)
      tell(channel, { type: "presence", topic: channel.topic, joined: [], left: [connection.id] });
  };

  const missingOf = ({ identity }: ServerConnection, topic: string): readonly string[] => {
    const needed = topic === TENANT_REQUESTS_TOPIC ? [REQUESTS_READ] : (definitionOf(topic)?.permissions ?? []);
    return needed.filter((permission) => !identity.permissions.includes(permission));
  };

  /** @throws {StreamerError} when the connection may not. */
  const authorize = (connection: ServerConnection, topic: string): void => {
    const definition = definitionOf(topic);
    const own = topic === REQUESTS_TOPIC || topic === TENANT_REQUESTS_TOPIC;
    // "tenant:" begins the names of the server's own, of which a later version may have more.
    if (!own && (topic.startsWith("tenant:") || (definitions !== undefined && definition === undefined))) {
      throw new NotFoundError({ details: { reason: "this server has no such topic" } });
    }
    const missing = missingOf(connection, topic);
    if (missing.length > 0) throw new ForbiddenError({ details: { missing } });
  };

  return {
    subscribe(connection, topic) {
      authorize(connection, topic);
      const channel = channelOf(connection, topic);
      const isNew = !channel.members.has(connection);
      const mine = [...channels.values()].filter(({ members }) => members.has(connection)).length;
      if (isNew && mine >= MAX_TOPICS_PER_CONNECTION) throw new RateLimitedError({ details: { limit: MAX_TOPICS_PER_CONNECTION } });
      const member = channel.members.get(connection) ?? {
        connection_id: connection.id,
        user_id: connection.identity.userId,
        since: nowSeconds(),
      };
      channel.members.set(connection, member);
      if (!channel.presence) return { type: "subscribed_topic", topic };
      if (isNew) tell(channel, { type: "presence", topic, joined: [member], left: [] }, connection);
      // Itself first: of a topic with more than can be named it is among them.
      const members = [member, ...[...channel.members.values()].filter((other) => other !== member)];
      const more = members.length - MAX_TOPIC_MEMBERS;
      return { type: "subscribed_topic", topic, members: members.slice(0, MAX_TOPIC_MEMBERS), ...(more > 0 ? { more } : {}) };
    },
    unsubscribe(connection, topic) {
      leave(connection, channelOf(connection, topic));
      return { type: "unsubscribed_topic", topic };
    },
    onRenewed(connection) {
      for (const channel of channels.values()) {
        if (!channel.members.has(connection) || missingOf(connection, channel.topic).length === 0) continue;
        leave(connection, channel);
        connection.send({ type: "error", topic: channel.topic, error: new ForbiddenError().toBody() });
      }
    },
    onEnd(connection) {
      for (const channel of channels.values()) leave(connection, channel);
    },
    publish(tenantId, topic, data) {
      if (topic === REQUESTS_TOPIC || topic.startsWith("tenant:"))
        throw new Error(`"${topic}" is the server's own topic: it tells of the transitions of its requests. Publish to another.`);
      const definition = definitionOf(topic);
      if (definitions !== undefined && definition === undefined)
        throw new Error(`No topic of the server's option \`topics\` has the name "${topic}".`);
      const event = { id: `event-${(events += 1)}`, data: checked(definition, topic, data), timestamp: nowSeconds() };
      tell(channels.get(keyOf(tenantId, topic)), { type: "event", topic, events: [event] });
    },
    onTransition({ tenant_id: tenantId, ...data }) {
      const event = { id: `${data.request_id}.${data.status}.${data.attempt}`, data, timestamp: nowSeconds() };
      for (const topic of [REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC])
        tell(channels.get(keyOf(tenantId, topic, data.user_id)), { type: "event", topic, events: [event] });
    },
  };
}

/** The data as the topic's schema gives it. @throws {Error} when it does not fit. */
function checked(definition: Topic | undefined, topic: string, data: unknown): unknown {
  const text = JSON.stringify(data);
  if (text === undefined) throw new Error(`What is published to "${topic}" cannot be written as JSON.`);
  const result = definition?.event["~standard"].validate(data);
  if (result === undefined) return JSON.parse(text) as unknown;
  if (result instanceof Promise)
    throw new Error(`The schema of the topic "${topic}" validates by a promise; it must give its answer at once.`);
  if (result.issues === undefined) return result.value;
  throw new Error(`What is published to "${topic}" does not fit its schema: ${result.issues.map(({ message }) => message).join("; ")}.`);
}
