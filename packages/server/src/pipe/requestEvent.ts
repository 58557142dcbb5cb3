import { REQUEST_STATUSES } from "@streamer/protocol";
import * as v from "valibot";

/** The `source` of all events on the bus. */
export const EVENT_SOURCE = "streamer";
/** The `detail-type` of events that tell of requests. */
export const EVENT_DETAIL_TYPE = "streamer.request";

/** An EventBridge event pattern. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export interface EventPattern {
  readonly [field: string]: readonly unknown[] | EventPattern;
}

/**
 * What an event says of a request: which, and where it stands. Never the payload: entries on the bus are limited to 256 KB, and
 * anyone with a rule on the bus can read them. Ids are as in the table's keys (`decodeKeyPart` gives the original).
 */
export const requestEventDetail = v.object({
  request_id: v.string(),
  tenant_id: v.string(),
  /** The queue's message group. Optional, as whatever a processor does not need itself: messages outlive deployments. */
  tenant_group: v.optional(v.string()),
  user_id: v.string(),
  action: v.string(),
  status: v.picklist(REQUEST_STATUSES),
  /** A DynamoDB number, so a string on the bus. */
  attempt: v.pipe(v.string(), v.transform(Number), v.safeInteger()),
  correlation_id: v.string(),
  /** W3C trace context. Missing, empty or null: there is none. */
  traceparent: v.nullish(v.string()),
  /** Sent again by whoever saw that it waits: it tells of no transition, and "pending" is only what a processor's rule picks. */
  resent: v.optional(v.boolean()),
});
/** What an event says of a request. */
export type RequestEventDetail = v.InferOutput<typeof requestEventDetail>;

/** The event as a rule's queue receives it. */
export const requestEvent = v.object({
  id: v.string(),
  source: v.string(),
  "detail-type": v.literal(EVENT_DETAIL_TYPE),
  detail: requestEventDetail,
});
/** An event of a request, as a rule's queue receives it. */
export type RequestEvent = v.InferOutput<typeof requestEvent>;

/** What a processor's rule picks: requests of its action that wait to be started. */
export function requestRulePattern(action: string): EventPattern {
  return { source: [EVENT_SOURCE], "detail-type": [EVENT_DETAIL_TYPE], detail: { status: ["pending"], action: [action] } };
}
