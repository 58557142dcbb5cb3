/**
 * Every limit that shapes the protocol, in one place: unit in the name, where it comes from, what happens beyond it.
 *
 * Platform limits are not adjustable unless the comment says so.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */

/** The subprotocol a client offers and the server echoes. */
export const SUBPROTOCOL = "streamer.v1";
/** Prefix of the subprotocol entry that carries the token. */
export const TOKEN_SUBPROTOCOL_PREFIX = "streamer.jwt.";

/** API Gateway: one client frame. A larger one closes the connection with 1009 before any code of ours runs. */
export const MAX_FRAME_BYTES = 32 * 1024;
/** API Gateway: one message in either direction. From a client it closes with 1009; PostToConnection answers 413. */
export const MAX_MESSAGE_BYTES = 128 * 1024;
/**
 * Our own: a payload that is uploaded, and a result that is downloaded, as JSON text. Larger ones are refused with `PAYLOAD_TOO_LARGE` and
 * `RESULT_TOO_LARGE`: both ends hold the whole of it in memory.
 */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Our own: how long the URL of an upload may be used; shorter when the session that signed it ends before. */
export const UPLOAD_URL_LIFETIME_SECONDS = 15 * 60;
/** Our own: SHA-256 as S3 takes it: base64 of 32 bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const SHA256_PATTERN = /^[A-Za-z0-9+/]{43}=$/;
/** API Gateway: silence after which it closes with 1001. */
export const IDLE_TIMEOUT_MS = 10 * 60 * 1000;
/** API Gateway: the longest life of a connection; then it closes with 1001. */
export const MAX_CONNECTION_DURATION_MS = 2 * 60 * 60 * 1000;
/** API Gateway: a route's integration must answer within this; else the client gets a gateway frame. */
export const INTEGRATION_TIMEOUT_MS = 29 * 1000;

/**
 * Our own: arrays and objects in each other in a client's message, the message itself the first. A deeper one is refused before it is
 * parsed: code that walks values calls itself for each level.
 */
export const MAX_MESSAGE_NESTING = 64;
/** Our own: a token. API Gateway takes at most 10,240 bytes of headers. A longer one is refused unread. */
export const MAX_TOKEN_CHARS = 8_192;

/**
 * Our own: the default of how many messages a connection may send in a window of time; `createRouter` may be given another. Beyond it
 * messages are refused with `RATE_LIMITED` until the window ends.
 */
export const DEFAULT_RATE_LIMIT_MESSAGES = 100;
/** Our own: the window of `DEFAULT_RATE_LIMIT_MESSAGES`. */
export const DEFAULT_RATE_LIMIT_WINDOW_MS = 10 * 1000;

/** Lambda: the longest run of a function. */
export const MAX_FUNCTION_TIMEOUT_MS = 15 * 60 * 1000;
/** What a processor keeps for saving partial progress and settling after its action's timeout. */
export const SETTLE_RESERVE_MS = 60 * 1000;
/** The longest timeout of an action: Lambda's limit less the reserve. `defineAction` refuses more. */
export const MAX_ACTION_TIMEOUT_MS = MAX_FUNCTION_TIMEOUT_MS - SETTLE_RESERVE_MS;

/** An action expected to take longer than this gets a processor of its own (S-092, S-309). */
export const ASYNC_THRESHOLD_MS = 5 * 1000;

/** Our own: a request id. What follows a dot is its number in a batch (ADR 19). */
export const REQUEST_ID_PATTERN = /^(?=.{1,64}$)[A-Za-z0-9_-]+(\.\d{1,3})?$/;
/** Our own: the id of a batch; with a dot and the number of an item it is a request id. */
export const BATCH_ID_PATTERN = /^[A-Za-z0-9_-]{1,60}$/;
/** Our own: items of a batch, numbered from 0. */
export const MAX_BATCH_ITEMS = 1_000;
/** Our own: items that one message of a batch names. Each of them is a write: what the router does for one message must end within its time. */
export const MAX_BATCH_MESSAGE_ITEMS = 100;
/** Our own: an action name, snake_case. Each word begins with a letter: `step_2` and `step2` would both have the key `step2`. */
export const ACTION_NAME_PATTERN = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/;
/** Our own: the length of an action name. */
export const MAX_ACTION_NAME_CHARS = 64;
/** Our own: metadata of a request. */
export const MAX_METADATA_ENTRIES = 20;
/** Our own: a key of a request's metadata, in UTF-16 units. */
export const MAX_METADATA_KEY_CHARS = 64;
/** Our own: a value of a request's metadata, in UTF-16 units. */
export const MAX_METADATA_VALUE_CHARS = 256;
/** Our own: the text of a progress update, the reason of a cancellation. */
export const MAX_PROGRESS_MESSAGE_CHARS = 512;
/** Our own: the reason of a cancellation, in UTF-16 units. */
export const MAX_CANCEL_REASON_CHARS = 256;
/** Our own: a correlation id is a UUID of any version (S-203). */
export const CORRELATION_ID_PATTERN = /^[\da-f]{8}(-[\da-f]{4}){4}[\da-f]{8}$/i;
/** Of a trace: version, trace, parent and flags, neither id all zeros. @see https://www.w3.org/TR/trace-context/#traceparent-header */
export const TRACEPARENT_PATTERN = /^(?!ff)[\da-f]{2}-(?!0+-)[\da-f]{32}-(?!0+-)[\da-f]{16}-[\da-f]{2}$/;
/** Our own: a topic. */
export const TOPIC_PATTERN = /^[A-Za-z0-9_.:/-]{1,128}$/;
/** Our own: topics that one connection may be subscribed to at a time. Beyond it `subscribe_topic` is refused with `RATE_LIMITED`. */
export const MAX_TOPICS_PER_CONNECTION = 50;
/** Our own: members of a topic that `subscribed_topic` names; of a larger one it names so many and says that there are `more`. */
export const MAX_TOPIC_MEMBERS = 200;

/** Our own: at most ten updates a second per request; what comes in between is coalesced (S-158, S-159). */
export const PROGRESS_INTERVAL_MS = 100;
/** Our own: sequence = attempt × this + n. */
export const SEQUENCES_PER_ATTEMPT = 1_000_000;
/**
 * Our own: a `chunk` message as JSON text. It leaves a kilobyte of a frame of 32 KB, so that a page of a replay takes any chunk in one frame:
 * API Gateway counts every 32 KB as a message. @see https://aws.amazon.com/api-gateway/pricing/
 */
export const MAX_CHUNK_BYTES = 31 * 1024;
/** Our own: what a `chunk` message has around its values, with the longest id and the largest numbers. */
export const CHUNK_ENVELOPE_BYTES = 256;
/** Our own: one emitted value as JSON text. `emit` refuses a larger one in the handler, and nothing of it is sent. */
export const MAX_CHUNK_VALUE_BYTES = MAX_CHUNK_BYTES - CHUNK_ENVELOPE_BYTES;

/** Our own: what an `event` message has around its events, with the longest topic. */
export const EVENT_ENVELOPE_BYTES = 512;
/** Our own: the data of one published event as JSON text. `publish` refuses more; an `event` message stays under 32 KB, as a chunk does. */
export const MAX_EVENT_DATA_BYTES = MAX_CHUNK_BYTES - EVENT_ENVELOPE_BYTES;

/** Connection records live for a day (S-012), requests and all that belongs to them for a week (S-013). */
export const CONNECTION_TTL_SECONDS = 24 * 60 * 60;
/** Requests and all that belongs to them live for a week (S-013). */
export const REQUEST_TTL_SECONDS = 7 * 24 * 60 * 60;
