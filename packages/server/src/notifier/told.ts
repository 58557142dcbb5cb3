import { isServerTopic, REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import type { RequestTopicData, TopicEvent, TopicMember } from "@streamer/protocol";
import type { SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { requestEvent } from "../pipe/requestEvent.ts";
import type { RequestEventDetail } from "../pipe/requestEvent.ts";
import { TOPIC_DETAIL_TYPE, topicEventDetail } from "../pipe/topicEvent.ts";
import type { TopicEventDetail } from "../pipe/topicEvent.ts";
import { decodeKeyPart, ownRequestsKey } from "../table/keys.ts";
import type { TopicRef } from "../table/topicStore.ts";

/** An event of one of the server's own topics that did not come from the table. */
export class ServerTopicError extends Error {
  override readonly name = "ServerTopicError";

  constructor(topic: string) {
    super(
      `An event on the bus was published to "${topic}", which is the server's own. Look for who may put events of "${TOPIC_DETAIL_TYPE}".`,
    );
  }
}

/** What one message of the queue says of one topic. */
export interface Told {
  readonly ref: TopicRef;
  /** The topic, as its subscribers call it. */
  readonly topic: string;
  readonly correlationId?: string | undefined;
  readonly what:
    | { readonly kind: "event"; readonly event: TopicEvent }
    | { readonly kind: "joined" | "left"; readonly member: TopicMember };
}

/** When the bus took it. */
const time = v.optional(v.pipe(v.string(), v.isoTimestamp()));
const busEvent = v.variant("detail-type", [
  v.object({ ...requestEvent.entries, time }),
  v.object({ "detail-type": v.literal(TOPIC_DETAIL_TYPE), detail: topicEventDetail, time }),
]);

/**
 * What a message of the queue says: of up to two topics, or of none.
 *
 * @throws {v.ValiError} and {SyntaxError} for what is no event of ours. @throws {ServerTopicError} for one that was made up.
 */
export function readRecord(record: SQSRecord): readonly Told[] {
  const event = v.parse(busEvent, JSON.parse(record.body));
  if (event["detail-type"] === TOPIC_DETAIL_TYPE) return [toldOfTopic(event.detail)];
  const timestamp = Math.floor((event.time === undefined ? Number(record.attributes.SentTimestamp) : Date.parse(event.time)) / 1000);
  return toldOfRequest(event.detail, timestamp);
}

/** @throws {ServerTopicError} when it says something of a topic that nobody may publish to: whoever may put events on the bus could make up transitions. */
function toldOfTopic(detail: TopicEventDetail): Told {
  if (isServerTopic(detail.topic)) throw new ServerTopicError(detail.topic);
  const ref = { tenantId: decodeKeyPart(detail.tenant_id), key: detail.topic };
  if (detail.kind !== "published")
    return { ref, topic: detail.topic, correlationId: detail.correlation_id, what: { kind: detail.kind, member: detail.member } };
  const { id, data, timestamp } = detail;
  return { ref, topic: detail.topic, correlationId: detail.correlation_id, what: { kind: "event", event: { id, data, timestamp } } };
}

/** A transition is told to its owner and to those who may see all of the tenant. */
function toldOfRequest(detail: RequestEventDetail, timestamp: number): readonly Told[] {
  const { request_id, action, status, attempt, correlation_id: correlationId } = detail;
  // Whoever has an event sent again tells of no transition: the request may wait since long, or be tried again.
  if (detail.resent === true || status === "processing") return [];
  const tenantId = decodeKeyPart(detail.tenant_id);
  const data: RequestTopicData = { request_id, action, user_id: decodeKeyPart(detail.user_id), status, attempt };
  // The Pipe may send a transition twice, and under another id of the bus: this one is the same.
  const what = { kind: "event", event: { id: `${request_id}.${status}.${attempt}`, data, timestamp } } as const;
  return [
    { ref: { tenantId, key: ownRequestsKey(detail.user_id) }, topic: REQUESTS_TOPIC, correlationId, what },
    { ref: { tenantId, key: TENANT_REQUESTS_TOPIC }, topic: TENANT_REQUESTS_TOPIC, correlationId, what },
  ];
}
