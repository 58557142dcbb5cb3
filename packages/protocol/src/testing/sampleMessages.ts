import type { ClientMessageInput, ServerMessage } from "../messages.ts";

const request_id = "r1";
const correlation_id = "0b9d2f5e-6c1a-4f7b-9d3e-8a2c4e6f8a0b";
const tracing = { correlation_id, traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
const error = { code: "TIMEOUT", message: "The work was not done in its time.", retryable: true };
const progress = {
  type: "progress",
  request_id,
  sequence: 1_000_002,
  previous: 1_000_001,
  attempt: 1,
  percentage: 30,
  message: "Queried 4650 records",
  metadata: { stage: "query" },
  timestamp: 1_711_929_600,
  correlation_id,
} as const;
const uploaded = { size_bytes: 48_211, sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" };
const complete = {
  type: "complete",
  request_id,
  result: { success: true, data: { url: "https://files.example/r1" } },
  timestamp: 1_711_929_600,
  correlation_id,
} as const;

const gap = {
  type: "gap",
  request_id,
  from: 1_000_001,
  to: 1_000_001,
  snapshot: { percentage: 20, message: "Querying", timestamp: 1_711_929_600 },
} as const;

const member = { connection_id: "c1", user_id: "ada", since: 1_711_929_600 };

/** One message of each type, every optional field filled in. The compiler asks for a new type's sample. */
export const clientSamples: { readonly [Type in ClientMessageInput["type"]]: Extract<ClientMessageInput, { type: Type }> } = {
  request: {
    type: "request",
    id: "r1",
    action: "generate_report",
    payload: { a: [1, null, "ü"] },
    metadata: { source: "test" },
    uploaded,
    ...tracing,
  },
  upload: { type: "upload", request_id, action: "generate_report", ...uploaded },
  cancel: { type: "cancel", request_id, reason: "user pressed stop" },
  subscribe: { type: "subscribe", request_id, after: 1_000_002 },
  unsubscribe: { type: "unsubscribe", request_id },
  subscribe_topic: { type: "subscribe_topic", topic: "requests/2024:a_b-c." },
  unsubscribe_topic: { type: "unsubscribe_topic", topic: "requests" },
  submit_batch: {
    type: "submit_batch",
    batch_id: "b1",
    action: "process_data",
    first: 100,
    payloads: [{ a: 1 }, null],
    metadata: { source: "test" },
    ...tracing,
  },
  subscribe_batch: { type: "subscribe_batch", batch_id: "b1", first: 0, count: 100 },
  cancel_batch: { type: "cancel_batch", batch_id: "b1", first: 0, count: 100, reason: "user pressed stop" },
  authenticate: { type: "authenticate", token: "head.body.signature" },
  ping: { type: "ping" },
};

/** One message of each type that the server sends, with all its fields: for tests that must see every type. */
export const serverSamples: { readonly [Type in ServerMessage["type"]]: Extract<ServerMessage, { type: Type }> } = {
  response: { type: "response", request_id, success: true, data: { message: "Hello, Streamer!" }, correlation_id },
  acknowledgment: { type: "acknowledgment", request_id, status: "pending", duplicate: true, correlation_id },
  upload: {
    type: "upload",
    request_id,
    url: "https://files.example/r1",
    headers: { "x-amz-checksum-sha256": uploaded.sha256 },
    expires_at: 1_711_930_500,
    correlation_id,
  },
  progress,
  chunk: { type: "chunk", request_id, sequence: 1_000_003, previous: 1_000_002, attempt: 1, data: ["part", { n: 2 }], correlation_id },
  status: { type: "status", request_id, status: "retrying", attempt: 1, retry_at: 1_711_929_660, correlation_id },
  complete,
  error: {
    type: "error",
    request_id,
    batch_id: "b1",
    topic: "requests",
    error: { ...error, details: { issues: [] } },
    final: true,
    correlation_id,
  },
  cancelled: { type: "cancelled", request_id, reason: "user pressed stop", correlation_id },
  subscribed: {
    type: "subscribed",
    request_id,
    status: "completed",
    gap,
    updates: [progress],
    more: false,
    outcome: complete,
    correlation_id,
  },
  unsubscribed: { type: "unsubscribed", request_id },
  gap,
  subscribed_topic: { type: "subscribed_topic", topic: "rooms/lobby", members: [member], more: 12 },
  unsubscribed_topic: { type: "unsubscribed_topic", topic: "requests" },
  event: { type: "event", topic: "requests", events: [{ id: "r1.completed.1", data: { status: "completed" }, timestamp: 1_711_929_600 }] },
  presence: { type: "presence", topic: "rooms/lobby", joined: [member], left: ["c0"] },
  batch: {
    type: "batch",
    batch_id: "b1",
    reply_to: "subscribe_batch",
    items: [
      { n: 0, status: "completed", duplicate: true, attempt: 1, outcome: { ...complete, request_id: "b1.0" } },
      { n: 1, status: "retrying", attempt: 2, retry_at: 1_711_929_660, progress: { percentage: 40, message: "Rendering" } },
      { n: 2, error },
    ],
    next: 3,
    correlation_id,
  },
  authenticated: { type: "authenticated", expires_at: 1_711_933_200 },
  pong: { type: "pong" },
};
