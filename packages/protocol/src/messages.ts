import * as v from "valibot";
import {
  BATCH_ID_PATTERN,
  CORRELATION_ID_PATTERN,
  MAX_ACTION_NAME_CHARS,
  MAX_BATCH_ITEMS,
  MAX_BATCH_MESSAGE_ITEMS,
  MAX_CANCEL_REASON_CHARS,
  MAX_METADATA_ENTRIES,
  MAX_METADATA_KEY_CHARS,
  MAX_METADATA_VALUE_CHARS,
  MAX_PROGRESS_MESSAGE_CHARS,
  REQUEST_ID_PATTERN,
  SHA256_PATTERN,
  TOPIC_PATTERN,
  TRACEPARENT_PATTERN,
} from "./limits.ts";
import { REQUEST_STATUSES } from "./status.ts";

/** The one file of all messages. PROTOCOL.md says what each means; both sides import this. */

const requestId = v.pipe(
  v.string(),
  v.regex(REQUEST_ID_PATTERN, "must be 1 to 64 characters of A-Z a-z 0-9 _ -, or such and the number in a batch"),
);
const batchId = v.pipe(v.string(), v.regex(BATCH_ID_PATTERN, "must be 1 to 60 characters of A-Z a-z 0-9 _ -"));
/** The number of an item in its batch. */
const itemNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_BATCH_ITEMS - 1));
const itemCount = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_BATCH_MESSAGE_ITEMS));
const topic = v.pipe(v.string(), v.regex(TOPIC_PATTERN, "must be 1 to 128 characters of A-Z a-z 0-9 _ . : / -"));
const sequence = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Refused with a sentence of its own: `VALIDATION_ERROR` shows it to the client. */
const after = v.pipe(
  v.number("must be a number"),
  v.safeInteger("must be a whole number, as sequences are"),
  v.minValue(0, "must not be negative"),
);
const attempt = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const unixSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const status = v.picklist(REQUEST_STATUSES);
const sizeBytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const action = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ACTION_NAME_CHARS));
/** By which a request is followed through logs and traces. */
const tracing = {
  correlation_id: v.optional(v.pipe(v.string(), v.regex(CORRELATION_ID_PATTERN, "must be a UUID"))),
  traceparent: v.optional(v.pipe(v.string(), v.regex(TRACEPARENT_PATTERN, "must be a W3C traceparent"))),
};
/** What is uploaded: its length, and base64 of its SHA-256. */
const content = { size_bytes: sizeBytes, sha256: v.pipe(v.string(), v.regex(SHA256_PATTERN, "must be base64 of 32 bytes")) };
/** A list passes for a record of its indexes otherwise. */
const noList = v.custom<Record<string, unknown>>((value) => !Array.isArray(value), "must be an object");
const unknowns = v.pipe(noList, v.record(v.string(), v.unknown()));
const texts = v.pipe(noList, v.record(v.string(), v.string()));
const metadata = v.pipe(
  noList,
  v.record(v.pipe(v.string(), v.maxLength(MAX_METADATA_KEY_CHARS)), v.pipe(v.string(), v.maxLength(MAX_METADATA_VALUE_CHARS))),
  v.maxEntries(MAX_METADATA_ENTRIES),
);
const errorBody = v.object({
  code: v.string(),
  message: v.string(),
  retryable: v.boolean(),
  details: v.optional(unknowns),
});

// ── client → server ──────────────────────────────────────────────────────────────────────────────────────────────────

export const requestMessage = v.object({
  type: v.literal("request"),
  id: v.optional(requestId),
  action,
  payload: v.optional(v.unknown(), {}),
  uploaded: v.optional(v.object(content)),
  metadata: v.optional(metadata),
  ...tracing,
});
export const uploadMessage = v.object({ type: v.literal("upload"), request_id: requestId, action, ...content });
export const cancelMessage = v.object({
  type: v.literal("cancel"),
  request_id: requestId,
  reason: v.optional(v.pipe(v.string(), v.maxLength(MAX_CANCEL_REASON_CHARS))),
});
export const subscribeMessage = v.object({ type: v.literal("subscribe"), request_id: requestId, after: v.optional(after, 0) });
export const unsubscribeMessage = v.object({ type: v.literal("unsubscribe"), request_id: requestId });
export const subscribeTopicMessage = v.object({ type: v.literal("subscribe_topic"), topic });
export const unsubscribeTopicMessage = v.object({ type: v.literal("unsubscribe_topic"), topic });
/** Items of one action, numbered from `first`: each becomes the request `<batch_id>.<n>`. */
export const submitBatchMessage = v.object({
  type: v.literal("submit_batch"),
  batch_id: batchId,
  action,
  first: itemNumber,
  payloads: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(MAX_BATCH_MESSAGE_ITEMS), v.readonly()),
  metadata: v.optional(metadata),
  ...tracing,
});
const range = { batch_id: batchId, first: itemNumber, count: itemCount };
export const subscribeBatchMessage = v.object({ type: v.literal("subscribe_batch"), ...range });
export const cancelBatchMessage = v.object({
  type: v.literal("cancel_batch"),
  ...range,
  reason: v.optional(v.pipe(v.string(), v.maxLength(MAX_CANCEL_REASON_CHARS))),
});
export const authenticateMessage = v.object({ type: v.literal("authenticate"), token: v.pipe(v.string(), v.minLength(1)) });
export const pingMessage = v.object({ type: v.literal("ping") });

export const clientMessage = v.variant("type", [
  requestMessage,
  uploadMessage,
  cancelMessage,
  subscribeMessage,
  unsubscribeMessage,
  subscribeTopicMessage,
  unsubscribeTopicMessage,
  submitBatchMessage,
  subscribeBatchMessage,
  cancelBatchMessage,
  authenticateMessage,
  pingMessage,
]);

/** A message as the server reads it: `type` and defaults filled in. */
export type ClientMessage = v.InferOutput<typeof clientMessage>;
/** A message as a client writes it. */
export type ClientMessageInput = v.InferInput<typeof clientMessage>;
export type RequestMessage = v.InferOutput<typeof requestMessage>;
export type UploadMessage = v.InferOutput<typeof uploadMessage>;
export type SubmitBatchMessage = v.InferOutput<typeof submitBatchMessage>;
export type SubscribeBatchMessage = v.InferOutput<typeof subscribeBatchMessage>;
export type CancelBatchMessage = v.InferOutput<typeof cancelBatchMessage>;

// ── server → client ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Of the request that a message is about; of the frame, where it says that there is none. */
const about = { correlation_id: v.optional(v.string()) };

export const progressMessage = v.object({
  ...about,
  type: v.literal("progress"),
  request_id: requestId,
  sequence,
  previous: sequence,
  attempt,
  percentage: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  message: v.pipe(v.string(), v.maxLength(MAX_PROGRESS_MESSAGE_CHARS)),
  metadata: v.optional(unknowns),
  timestamp: unixSeconds,
});
export const chunkMessage = v.object({
  ...about,
  type: v.literal("chunk"),
  request_id: requestId,
  sequence,
  previous: sequence,
  attempt,
  /** The values that were emitted, in order. */
  data: v.pipe(v.array(v.unknown()), v.minLength(1), v.readonly()),
});
export const updateMessage = v.variant("type", [progressMessage, chunkMessage]);

/** What a terminal message may tell: the last update that is stored, so that a lost one before it is noticed. */
const last = { last_sequence: v.optional(sequence) };

/** Where a result is that no message holds. */
const resultReference = v.object({ url: v.string(), size_bytes: sizeBytes, files: v.optional(texts) });
export const completeMessage = v.object({
  ...about,
  type: v.literal("complete"),
  request_id: requestId,
  result: v.union([
    v.object({ success: v.literal(true), data: v.unknown() }),
    v.object({ success: v.literal(true), reference: resultReference }),
  ]),
  timestamp: unixSeconds,
  ...last,
});
export const errorMessage = v.object({
  ...about,
  type: v.literal("error"),
  request_id: v.optional(requestId),
  /** In place of `request_id`: of a message about a batch, or a topic. */
  batch_id: v.optional(batchId),
  topic: v.optional(topic),
  error: errorBody,
  final: v.optional(v.boolean()),
  ...last,
});
export const cancelledMessage = v.object({
  ...about,
  type: v.literal("cancelled"),
  request_id: requestId,
  reason: v.optional(v.string()),
  ...last,
});
/** What may end a request. An `error` is one only with `final`. */
export const outcomeMessage = v.variant("type", [completeMessage, errorMessage, cancelledMessage]);

export const responseMessage = v.variant("success", [
  v.object({ ...about, type: v.literal("response"), request_id: requestId, success: v.literal(true), data: v.unknown() }),
  v.object({ ...about, type: v.literal("response"), request_id: requestId, success: v.literal(false), error: errorBody }),
]);
export const acknowledgmentMessage = v.object({
  ...about,
  type: v.literal("acknowledgment"),
  request_id: requestId,
  status,
  duplicate: v.optional(v.boolean()),
});
export const statusMessage = v.object({
  ...about,
  type: v.literal("status"),
  request_id: requestId,
  status,
  attempt,
  retry_at: v.optional(unixSeconds),
});
/** Updates that are not stored any more, and how far the work was when that was last saved. */
export const gapMessage = v.object({
  type: v.literal("gap"),
  request_id: requestId,
  from: sequence,
  to: sequence,
  snapshot: v.optional(
    v.object({ percentage: progressMessage.entries.percentage, message: progressMessage.entries.message, timestamp: unixSeconds }),
  ),
});
export const subscribedMessage = v.object({
  ...about,
  type: v.literal("subscribed"),
  request_id: requestId,
  status,
  gap: v.optional(gapMessage),
  updates: v.array(updateMessage),
  more: v.boolean(),
  outcome: v.optional(outcomeMessage),
});
export const uploadUrlMessage = v.object({
  ...about,
  type: v.literal("upload"),
  request_id: requestId,
  url: v.string(),
  headers: texts,
  expires_at: unixSeconds,
});
export const unsubscribedMessage = v.object({ type: v.literal("unsubscribed"), request_id: requestId });
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** One item of a batch: how it stands, or why it was not taken. */
export const batchItem = v.union([
  v.object({
    n: itemNumber,
    status,
    /** It was there before: only in answer to `submit_batch`. */
    duplicate: v.optional(v.boolean()),
    /** The rest: in answer to `subscribe_batch` and `cancel_batch`. */
    attempt: v.optional(attempt),
    retry_at: v.optional(unixSeconds),
    /** As last saved. */
    progress: v.optional(v.object({ percentage: progressMessage.entries.percentage, message: progressMessage.entries.message })),
    outcome: v.optional(outcomeMessage),
  }),
  v.object({ n: itemNumber, error: errorBody }),
]);
export const batchMessage = v.object({
  /** In answer to `submit_batch`: of all that it has submitted. */
  ...about,
  type: v.literal("batch"),
  batch_id: batchId,
  /** Which of the three this answers. */
  reply_to: v.picklist(["submit_batch", "subscribe_batch", "cancel_batch"]),
  items: v.array(batchItem),
  /** Where to go on, when the answer would have been too large: of the items asked for, those from here on are not in it. */
  next: v.optional(itemNumber),
});

/** A connection that is subscribed to a topic. */
export const topicMember = v.object({ connection_id: v.string(), user_id: v.string(), since: unixSeconds });
export const subscribedTopicMessage = v.object({
  type: v.literal("subscribed_topic"),
  topic,
  /** Who is there, this connection included: of a topic with presence. */
  members: v.optional(v.array(topicMember)),
  /** How many there are, when `members` does not name all. */
  more: v.optional(count),
});
export const unsubscribedTopicMessage = v.object({ type: v.literal("unsubscribed_topic"), topic });
export const topicEvent = v.object({
  /** The same event never has two ids; it may come twice. */
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  data: v.unknown(),
  timestamp: unixSeconds,
});
export const eventMessage = v.object({
  type: v.literal("event"),
  topic,
  events: v.pipe(v.array(topicEvent), v.minLength(1), v.readonly()),
});
export const presenceMessage = v.object({
  type: v.literal("presence"),
  topic,
  joined: v.array(topicMember),
  /** Connection ids. */
  left: v.array(v.string()),
});
export const authenticatedMessage = v.object({ type: v.literal("authenticated"), expires_at: unixSeconds });
export const pongMessage = v.object({ type: v.literal("pong") });

export const serverMessage = v.variant("type", [
  progressMessage,
  acknowledgmentMessage,
  uploadUrlMessage,
  responseMessage,
  completeMessage,
  errorMessage,
  cancelledMessage,
  chunkMessage,
  statusMessage,
  subscribedMessage,
  unsubscribedMessage,
  gapMessage,
  subscribedTopicMessage,
  unsubscribedTopicMessage,
  eventMessage,
  presenceMessage,
  batchMessage,
  authenticatedMessage,
  pongMessage,
]);

export type ServerMessage = v.InferOutput<typeof serverMessage>;
export type ProgressMessage = v.InferOutput<typeof progressMessage>;
export type ChunkMessage = v.InferOutput<typeof chunkMessage>;
export type UpdateMessage = v.InferOutput<typeof updateMessage>;
export type GapMessage = v.InferOutput<typeof gapMessage>;
export type StatusMessage = v.InferOutput<typeof statusMessage>;
export type CompleteMessage = v.InferOutput<typeof completeMessage>;
export type ResultReference = v.InferOutput<typeof resultReference>;
export type UploadUrlMessage = v.InferOutput<typeof uploadUrlMessage>;
export type BatchMessage = v.InferOutput<typeof batchMessage>;
export type BatchItem = v.InferOutput<typeof batchItem>;
export type TopicMember = v.InferOutput<typeof topicMember>;
export type TopicEvent = v.InferOutput<typeof topicEvent>;
export type EventMessage = v.InferOutput<typeof eventMessage>;
export type PresenceMessage = v.InferOutput<typeof presenceMessage>;
export type SubscribedTopicMessage = v.InferOutput<typeof subscribedTopicMessage>;
export type OutcomeMessage = v.InferOutput<typeof outcomeMessage>;

/** What API Gateway itself sends when the server fails or is late. It has no `type`. */
export const gatewayFrame = v.object({ message: v.string(), connectionId: v.string(), requestId: v.string() });
export type GatewayFrame = v.InferOutput<typeof gatewayFrame>;
