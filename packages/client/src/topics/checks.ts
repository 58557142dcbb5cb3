import type { EventMessage, PresenceMessage, ServerMessage, SubscribedTopicMessage } from "@streamer/protocol";
import { anything, count, listOf, optional, present, shape, text, textUpTo, topic } from "../wire/checks.ts";
import type { Check, Shape } from "../wire/checks.ts";

type UnsubscribedTopicMessage = Extract<ServerMessage, { type: "unsubscribed_topic" }>;

export type TopicMessage = SubscribedTopicMessage | UnsubscribedTopicMessage | EventMessage | PresenceMessage;

const type = anything;
const filled: Check = (value) => Array.isArray(value) && value.length > 0;
const member = shape({ connection_id: text, user_id: text, since: count });
const event = shape({ id: (value) => value !== "" && textUpTo(128)(value), data: present, timestamp: count });

const SHAPES: { readonly [Type in TopicMessage["type"]]: Shape<Extract<TopicMessage, { type: Type }>> } = {
  subscribed_topic: { type, topic, members: optional(listOf(member)), more: optional(count) },
  unsubscribed_topic: { type, topic },
  event: { type, topic, events: (value) => filled(value) && listOf(event)(value) },
  presence: { type, topic, joined: listOf(member), left: listOf(text) },
};

/** What a page reads that uses topics, beside what every page reads. The protocol's schemas say the same, and a test holds these against them. */
export const TOPIC_CHECKS: Readonly<Record<string, Check>> = Object.fromEntries(
  Object.entries(SHAPES).map(([name, fields]) => [name, shape(fields)]),
);
