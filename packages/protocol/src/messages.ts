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

/** The schema of `request`, from client to server. PROTOCOL.md says what it means. */
export const requestMessage = v.object({
  type: v.literal("request"),
  id: v.optional(requestId),
  action,
  payload: v.optional(v.unknown(), {}),
  uploaded: v.optional(v.object(content)),
  metadata: v.optional(metadata),
  ...tracing,
});
/** The schema of `upload`, from client to server. PROTOCOL.md says what it means. */
export const uploadMessage = v.object({ type: v.literal("upload"), request_id: requestId, action, ...content });
/** The schema of `cancel`, from client to server. PROTOCOL.md says what it means. */
export const cancelMessage = v.object({
  type: v.literal("cancel"),
  request_id: requestId,
  reason: v.optional(v.pipe(v.string(), v.maxLength(MAX_CANCEL_REASON_CHARS))),
});
/** The schema of `subscribe`, from client to server. PROTOCOL.md says what it means. */
export const subscribeMessage = v.object({ type: v.literal("subscribe"), request_id: requestId, after: v.optional(after, 0) });
/** The schema of `unsubscribe`, from client to server. PROTOCOL.md says what it means. */
export const unsubscribeMessage = v.object({ type: v.literal("unsubscribe"), request_id: requestId });
/** The schema of `subscribe_topic`, from client to server. PROTOCOL.md says what it means. */
export const subscribeTopicMessage = v.object({ type: v.literal("subscribe_topic"), topic });
/** The schema of `unsubscribe_topic`, from client to server. PROTOCOL.md says what it means. */
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
/** The schema of `subscribe_batch`, from client to server. PROTOCOL.md says what it means. */
export const subscribeBatchMessage = v.object({ type: v.literal("subscribe_batch"), ...range });
/** The schema of `cancel_batch`, from client to server. PROTOCOL.md says what it means. */
export const cancelBatchMessage = v.object({
  type: v.literal("cancel_batch"),
  ...range,
  reason: v.optional(v.pipe(v.string(), v.maxLength(MAX_CANCEL_REASON_CHARS))),
});
/** The schema of `authenticate`, from client to server. PROTOCOL.md says what it means. */
export const authenticateMessage = v.object({ type: v.literal("authenticate"), token: v.pipe(v.string(), v.minLength(1)) });
/** The schema of `ping`, from client to server. PROTOCOL.md says what it means. */
export const pingMessage = v.object({ type: v.literal("ping") });

/** The schema of all messages that a client may send, told apart by `type`. */
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
/** A `request` as the server reads it. */
export type RequestMessage = v.InferOutput<typeof requestMessage>;
/** An `upload` as the server reads it. */
export type UploadMessage = v.InferOutput<typeof uploadMessage>;
/** A `submit_batch` as the server reads it. */
export type SubmitBatchMessage = v.InferOutput<typeof submitBatchMessage>;
/** A `subscribe_batch` as the server reads it. */
export type SubscribeBatchMessage = v.InferOutput<typeof subscribeBatchMessage>;
/** A `cancel_batch` as the server reads it. */
export type CancelBatchMessage = v.InferOutput<typeof cancelBatchMessage>;

// ── server → client ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Of the request that a message is about; of the frame, where it says that there is none. */
const about = { correlation_id: v.optional(v.string()) };

/** The schema of `progress`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of `chunk`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of what is stored of a request's progress and sent again at a replay: `progress` or `chunk`. */
export const updateMessage = v.variant("type", [progressMessage, chunkMessage]);

/** What a terminal message may tell: the last update that is stored, so that a lost one before it is noticed. */
const last = { last_sequence: v.optional(sequence) };

/** Where a result is that no message holds. */
const resultReference = v.object({ url: v.string(), size_bytes: sizeBytes, files: v.optional(texts) });
/** The schema of `complete`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of `error`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of `cancelled`, from server to client. PROTOCOL.md says what it means. */
export const cancelledMessage = v.object({
  ...about,
  type: v.literal("cancelled"),
  request_id: requestId,
  reason: v.optional(v.string()),
  ...last,
});
/** What may end a request. An `error` is one only with `final`. */
export const outcomeMessage = v.variant("type", [completeMessage, errorMessage, cancelledMessage]);

/** The schema of `response`, from server to client. PROTOCOL.md says what it means. */
export const responseMessage = v.variant("success", [
  v.object({ ...about, type: v.literal("response"), request_id: requestId, success: v.literal(true), data: v.unknown() }),
  v.object({ ...about, type: v.literal("response"), request_id: requestId, success: v.literal(false), error: errorBody }),
]);
/** The schema of `acknowledgment`, from server to client. PROTOCOL.md says what it means. */
export const acknowledgmentMessage = v.object({
  ...about,
  type: v.literal("acknowledgment"),
  request_id: requestId,
  status,
  duplicate: v.optional(v.boolean()),
});
/** The schema of `status`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of `subscribed`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of the answer to `upload`: where to put the payload. From server to client. PROTOCOL.md says what it means. */
export const uploadUrlMessage = v.object({
  ...about,
  type: v.literal("upload"),
  request_id: requestId,
  url: v.string(),
  headers: texts,
  expires_at: unixSeconds,
});
/** The schema of `unsubscribed`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of `batch`, from server to client. PROTOCOL.md says what it means. */
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
/** The schema of `subscribed_topic`, from server to client. PROTOCOL.md says what it means. */
export const subscribedTopicMessage = v.object({
  type: v.literal("subscribed_topic"),
  topic,
  /** Who is there, this connection included: of a topic with presence. */
  members: v.optional(v.array(topicMember)),
  /** How many there are, when `members` does not name all. */
  more: v.optional(count),
});
/** The schema of `unsubscribed_topic`, from server to client. PROTOCOL.md says what it means. */
export const unsubscribedTopicMessage = v.object({ type: v.literal("unsubscribed_topic"), topic });
/** The schema of one event of a topic, within `event`. */
export const topicEvent = v.object({
  /** The same event never has two ids; it may come twice. */
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  data: v.unknown(),
  timestamp: unixSeconds,
});
/** The schema of `event`, from server to client. PROTOCOL.md says what it means. */
export const eventMessage = v.object({
  type: v.literal("event"),
  topic,
  events: v.pipe(v.array(topicEvent), v.minLength(1), v.readonly()),
});
/** The schema of `presence`, from server to client. PROTOCOL.md says what it means. */
export const presenceMessage = v.object({
  type: v.literal("presence"),
  topic,
  joined: v.array(topicMember),
  /** Connection ids. */
  left: v.array(v.string()),
});
/** The schema of `authenticated`, from server to client. PROTOCOL.md says what it means. */
export const authenticatedMessage = v.object({ type: v.literal("authenticated"), expires_at: unixSeconds });
/** The schema of `pong`, from server to client. PROTOCOL.md says what it means. */
export const pongMessage = v.object({ type: v.literal("pong") });

/** The schema of all messages that the server may send, told apart by `type`. */
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

/** A message of the server, told apart by `type`. */
export type ServerMessage = v.InferOutput<typeof serverMessage>;
/** A `progress` message. */
export type ProgressMessage = v.InferOutput<typeof progressMessage>;
/** A `chunk` message. */
export type ChunkMessage = v.InferOutput<typeof chunkMessage>;
/** A `progress` or `chunk` message: what is stored and replayed. */
export type UpdateMessage = v.InferOutput<typeof updateMessage>;
/** A `gap` message: updates that are not stored any more. */
export type GapMessage = v.InferOutput<typeof gapMessage>;
/** A `status` message. */
export type StatusMessage = v.InferOutput<typeof statusMessage>;
/** A `complete` message. */
export type CompleteMessage = v.InferOutput<typeof completeMessage>;
/** Where a result is that no message holds: a URL to fetch it from, and its size in bytes. */
export type ResultReference = v.InferOutput<typeof resultReference>;
/** The answer to `upload`: where to put the payload. */
export type UploadUrlMessage = v.InferOutput<typeof uploadUrlMessage>;
/** A `batch` message: how items of a batch stand. */
export type BatchMessage = v.InferOutput<typeof batchMessage>;
/** One item of a `batch` message. */
export type BatchItem = v.InferOutput<typeof batchItem>;
/** A connection that is subscribed to a topic with presence. */
export type TopicMember = v.InferOutput<typeof topicMember>;
/** One event of a topic. */
export type TopicEvent = v.InferOutput<typeof topicEvent>;
/** An `event` message: events of a topic. */
export type EventMessage = v.InferOutput<typeof eventMessage>;
/** A `presence` message: who came to a topic, and who left. */
export type PresenceMessage = v.InferOutput<typeof presenceMessage>;
/** A `subscribed_topic` message. */
export type SubscribedTopicMessage = v.InferOutput<typeof subscribedTopicMessage>;
/** A message that may end a request: `complete`, `error`, `cancelled`. */
export type OutcomeMessage = v.InferOutput<typeof outcomeMessage>;

/** What API Gateway itself sends when the server fails or is late. It has no `type`. */
export const gatewayFrame = v.object({ message: v.string(), connectionId: v.string(), requestId: v.string() });
/** What API Gateway itself sends. It has no `type`. */
export type GatewayFrame = v.InferOutput<typeof gatewayFrame>;
