import type { TopicMember } from "@streamer/protocol";
import type { TopicEventDetail } from "../pipe/topicEvent.ts";
import { encodeKeyPart, tenantGroup, topicOfKey } from "../table/keys.ts";
import type { TopicSubscription } from "../table/topicStore.ts";

export function memberOf({ connectionId, userId, since }: TopicSubscription): TopicMember {
  return { connection_id: connectionId, user_id: userId, since };
}

/** What the bus is told of a connection that came to a topic with presence, or left it. */
export function presenceDetail(kind: "joined" | "left", subscription: TopicSubscription): TopicEventDetail {
  return {
    kind,
    tenant_id: encodeKeyPart(subscription.tenantId),
    tenant_group: tenantGroup(subscription.tenantId),
    topic: topicOfKey(subscription.key),
    member: memberOf(subscription),
  };
}

/** What is to be said of subscriptions that ended: nothing of those without presence. */
export function leftDetails(subscriptions: readonly TopicSubscription[]): readonly TopicEventDetail[] {
  return subscriptions.filter(({ presence }) => presence).map((subscription) => presenceDetail("left", subscription));
}
