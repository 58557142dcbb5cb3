import { TOPIC_PATTERN } from "@streamer/protocol";
import * as v from "valibot";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from "./requestEvent.ts";
import type { EventPattern } from "./requestEvent.ts";

/** On the bus beside the requests' transitions: what handlers published to a topic, and who came to it and left. */
export const TOPIC_DETAIL_TYPE = "streamer.topic";

const member = v.object({ connection_id: v.string(), user_id: v.string(), since: v.number() });

/**
 * Ids are as in the table's keys (`decodeKeyPart` gives the original). The data of a published event is in it: whoever may have a rule on the
 * bus can read it.
 */
export const topicEventDetail = v.intersect([
  v.object({
    tenant_id: v.string(),
    /** As for requests: the queue's message group. */
    tenant_group: v.optional(v.string()),
    topic: v.pipe(v.string(), v.regex(TOPIC_PATTERN)),
    correlation_id: v.optional(v.string()),
  }),
  v.variant("kind", [
    v.object({ kind: v.literal("published"), id: v.string(), data: v.unknown(), timestamp: v.number() }),
    v.object({ kind: v.literal("joined"), member }),
    v.object({ kind: v.literal("left"), member }),
  ]),
]);
/** What an event says of a topic: data that was published, or who came or left. */
export type TopicEventDetail = v.InferOutput<typeof topicEventDetail>;

/** What the notifier's rule picks: all that is said of topics, and, unless they are left out, the transitions of requests. */
export function notifierRulePattern(requestTopics: boolean): EventPattern {
  return { source: [EVENT_SOURCE], "detail-type": requestTopics ? [TOPIC_DETAIL_TYPE, EVENT_DETAIL_TYPE] : [TOPIC_DETAIL_TYPE] };
}
