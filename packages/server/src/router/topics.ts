import { byteLength, MAX_CHUNK_BYTES, MAX_TOPIC_MEMBERS, MAX_TOPICS_PER_CONNECTION, RateLimitedError } from "@streamer/protocol";
import type { Clock, ServerMessage, TopicMember } from "@streamer/protocol";
import { inWorkers } from "../connection/inWorkers.ts";
import { topicKey, topicOfKey } from "../table/keys.ts";
import type { Connection } from "../table/connectionStore.ts";
import type { TopicRef, TopicStore, TopicSubscription } from "../table/topicStore.ts";
import { leftDetails, memberOf, presenceDetail } from "../topics/presence.ts";
import type { Publisher } from "../topics/publisher.ts";
import type { TopicAccess } from "../topics/topicAccess.ts";
import { assertFreshToken } from "./middleware.ts";
import type { Routed } from "./routed.ts";

export interface TopicDeps {
  readonly topics: Pick<TopicStore, "subscribe" | "unsubscribe" | "listByTopic" | "listByConnection" | "renew">;
  readonly publisher: Publisher;
  readonly clock: Pick<Clock, "now">;
}

type SubscribeTopicMessage = Extract<Routed["message"], { type: "subscribe_topic" }>;
type UnsubscribeTopicMessage = Extract<Routed["message"], { type: "unsubscribe_topic" }>;

/** What `members` may come to: with its envelope under 32 KB, whatever the users are called. */
const MAX_MEMBERS_BYTES = MAX_CHUNK_BYTES - 1024;
const RENEWALS_TOGETHER = 10;

/**
 * Begins to hear a topic's events: those that are published after the answer. To do it again is no error, and how a client learns the members
 * anew.
 *
 * @throws {UnauthorizedError} after the token's end. @throws {NotFoundError} for no topic of this server.
 * @throws {ForbiddenError} without the topic's permissions. @throws {RateLimitedError} beyond `MAX_TOPICS_PER_CONNECTION`.
 */
export async function subscribeTopic(
  { message: { topic }, connection }: Routed<SubscribeTopicMessage>,
  access: TopicAccess,
  deps: TopicDeps,
): Promise<ServerMessage> {
  const { connectionId, userId, tenantId } = connection;
  assertFreshToken(connection, deps.clock);
  const { presence } = access.allow(topic, connection.permissions);
  const ref: TopicRef = { tenantId, key: topicKey(topic, userId) };
  const heard = await deps.topics.listByConnection(tenantId, connectionId);
  if (heard.length >= MAX_TOPICS_PER_CONNECTION && !heard.includes(ref.key))
    throw new RateLimitedError({ details: { limit: MAX_TOPICS_PER_CONNECTION } });
  await deps.topics.subscribe({ ...ref, connectionId, userId, presence, authorizedUntil: connection.tokenExpiresAt });
  if (!presence) return { type: "subscribed_topic", topic };
  const { own, others, unread } = await membersOf(ref, connection, deps);
  // After the read: who comes now reads this one, or is told of it.
  await deps.publisher.publish([presenceDetail("joined", own)]);
  const members = fitting([own, ...others].map(memberOf));
  const more = 1 + others.length - members.length + unread;
  return { type: "subscribed_topic", topic, members, ...(more === 0 ? {} : { more }) };
}

/** Ends it. There may be nothing to end. */
export async function unsubscribeTopic(
  { message: { topic }, connection }: Routed<UnsubscribeTopicMessage>,
  { topics, publisher }: Pick<TopicDeps, "topics" | "publisher">,
): Promise<ServerMessage> {
  const ref = { tenantId: connection.tenantId, key: topicKey(topic, connection.userId) };
  const was = await topics.unsubscribe(ref, connection.connectionId);
  if (was?.presence === true) await publisher.publish(leftDetails([was]));
  return { type: "unsubscribed_topic", topic };
}

/**
 * After `authenticate`: each of the connection's topics is checked again, by the new token. Those that it may hear, it hears until the end of
 * that token; from the others it is removed. @returns the topics it hears no more.
 */
export async function renewTopics(
  { connectionId, tenantId }: Pick<Connection, "connectionId" | "tenantId">,
  token: { readonly permissions: readonly string[]; readonly expiresAt: number },
  access: TopicAccess,
  { topics, publisher }: Pick<TopicDeps, "topics" | "publisher">,
): Promise<readonly string[]> {
  const removed: TopicSubscription[] = [];
  await inWorkers(RENEWALS_TOGETHER, await topics.listByConnection(tenantId, connectionId), async (key) => {
    const ref = { tenantId, key };
    if (access.allows(topicOfKey(key), token.permissions)) return void (await topics.renew(ref, connectionId, token.expiresAt));
    const was = await topics.unsubscribe(ref, connectionId);
    if (was !== undefined) removed.push(was);
  });
  const details = leftDetails(removed);
  if (details.length > 0) await publisher.publish(details);
  return removed.map(({ key }) => topicOfKey(key));
}

/** Of a topic with more subscribers than one page of the table holds, some thousands, `unread` is one, and stands for all beyond it. */
async function membersOf(ref: TopicRef, { connectionId, userId, tokenExpiresAt }: Connection, { topics, clock }: TopicDeps) {
  const { items, cursor } = await topics.listByTopic(ref);
  const since = Math.floor(clock.now() / 1000);
  // Beyond the page, or removed meanwhile.
  const itself: TopicSubscription = { ...ref, connectionId, userId, presence: true, since, authorizedUntil: tokenExpiresAt };
  return {
    own: items.find((subscription) => subscription.connectionId === connectionId) ?? itself,
    others: items.filter((subscription) => subscription.connectionId !== connectionId),
    unread: cursor === undefined ? 0 : 1,
  };
}

/** The first of them, as many as may be named. */
function fitting(members: readonly TopicMember[]): TopicMember[] {
  let sizeBytes = 0;
  return members.slice(0, MAX_TOPIC_MEMBERS).filter((member) => (sizeBytes += byteLength(JSON.stringify(member)) + 1) <= MAX_MEMBERS_BYTES);
}
