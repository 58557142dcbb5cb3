import type { ClientMessageInput, ServerMessage } from "../messages.ts";

const request_id = "r1";
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
} as const;
const uploaded = { size_bytes: 48_211, sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" };
const complete = {
  type: "complete",
  request_id,
  result: { success: true, data: { url: "https://files.example/r1" } },
  timestamp: 1_711_929_600,
} as const;

const gap = {
  type: "gap",
  request_id,
  from: 1_000_001,
  to: 1_000_001,
  snapshot: { percentage: 20, message: "Querying", timestamp: 1_711_929_600 },
} as const;

/** One message of each type, every optional field filled in. The compiler asks for a new type's sample. */
export const clientSamples: { readonly [Type in ClientMessageInput["type"]]: Extract<ClientMessageInput, { type: Type }> } = {
  request: { type: "request", id: "r1", action: "generate_report", payload: { a: [1, null, "ü"] }, metadata: { source: "test" }, uploaded },
  upload: { type: "upload", request_id, action: "generate_report", ...uploaded },
  cancel: { type: "cancel", request_id, reason: "user pressed stop" },
  subscribe: { type: "subscribe", request_id, after: 1_000_002 },
  unsubscribe: { type: "unsubscribe", request_id },
  subscribe_topic: { type: "subscribe_topic", topic: "requests/2024:a_b-c." },
  unsubscribe_topic: { type: "unsubscribe_topic", topic: "requests" },
  authenticate: { type: "authenticate", token: "head.body.signature" },
  ping: { type: "ping" },
};

export const serverSamples: { readonly [Type in ServerMessage["type"]]: Extract<ServerMessage, { type: Type }> } = {
  response: { type: "response", request_id, success: true, data: { message: "Hello, Streamer!" } },
  acknowledgment: { type: "acknowledgment", request_id, status: "pending", duplicate: true },
  upload: {
    type: "upload",
    request_id,
    url: "https://files.example/r1",
    headers: { "x-amz-checksum-sha256": uploaded.sha256 },
    expires_at: 1_711_930_500,
  },
  progress,
  chunk: { type: "chunk", request_id, sequence: 1_000_003, previous: 1_000_002, attempt: 1, data: ["part", { n: 2 }] },
  status: { type: "status", request_id, status: "retrying", attempt: 1, retry_at: 1_711_929_660 },
  complete,
  error: { type: "error", request_id, error: { ...error, details: { issues: [] } }, final: true },
  cancelled: { type: "cancelled", request_id, reason: "user pressed stop" },
  subscribed: { type: "subscribed", request_id, status: "completed", gap, updates: [progress], more: false, outcome: complete },
  unsubscribed: { type: "unsubscribed", request_id },
  gap,
  subscribed_topic: { type: "subscribed_topic", topic: "requests" },
  unsubscribed_topic: { type: "unsubscribed_topic", topic: "requests" },
  event: { type: "event", topic: "requests", data: { status: "completed" }, timestamp: 1_711_929_600 },
  authenticated: { type: "authenticated", expires_at: 1_711_933_200 },
  pong: { type: "pong" },
};
