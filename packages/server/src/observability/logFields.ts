/** How the value of a field looks. */
export type LogFieldKind =
  | "level"
  | "operation"
  /** ISO 8601, in UTC, with milliseconds. */
  | "time"
  | "uuid"
  /** 32 hexadecimal digits. */
  | "traceId"
  | "text"
  | "texts"
  /** A whole number from 0. */
  | "count"
  /** A number from 0. */
  | "amount"
  | "flag"
  /** Numbers by name. */
  | "counts"
  /** What may be logged of an error: see `loggedError`. */
  | "error"
  /** What an app's own code logs: not for us to say. */
  | "app";

export interface LogField {
  readonly kind: LogFieldKind;
  readonly meaning: string;
  /** Every line has it. */
  readonly always?: true;
}

/** Where a line ends an operation, or tells of a part of one. */
const TIME = "in milliseconds";

/**
 * Every field that a line may have (S-203), from which the schemas are made: `logLine`, and `packages/docs/log-line.schema.json`. A field
 * that is not here does not reach a log: that is how payloads, tokens and results stay out.
 */
export const LOG_FIELDS = {
  timestamp: { kind: "time", always: true, meaning: "When the line was written." },
  level: { kind: "level", always: true, meaning: "DEBUG, INFO, WARN or ERROR." },
  service: { kind: "text", always: true, meaning: "Which function: connect, disconnect, router, processor, sweeper or notifier." },
  message: { kind: "text", always: true, meaning: "What happened. The same words each time: what differs is in the fields." },
  operation: { kind: "operation", always: true, meaning: "What it is about: one of the list of operations." },
  correlation_id: {
    kind: "uuid",
    meaning: "Of the frame that a request came with, on every line about it, in every function. Else of the invocation.",
  },
  trace_id: { kind: "traceId", meaning: "The trace of the request: the second part of its `traceparent`." },
  user_id: { kind: "text", meaning: "Who asked, from the verified token." },
  tenant_id: { kind: "text", meaning: "Whose it is, from the verified token." },
  connection_id: { kind: "text", meaning: "The connection, as API Gateway names it." },
  request_id: { kind: "text", meaning: "The request." },
  batch_id: { kind: "text", meaning: "The batch, where a line is about all of it." },
  action: { kind: "text", meaning: "The action's name." },
  attempt: { kind: "count", meaning: "Which run of the work, from 1." },
  duration_ms: { kind: "amount", meaning: `How long the operation took that the line ends, ${TIME}.` },
  error: { kind: "error", meaning: "Name, message, place, code and cause of an error." },

  code: { kind: "text", meaning: "The error code that the client is told, or that a service gave." },
  reason: { kind: "text", meaning: "Why, in a few words of our own or an error's code." },
  status: { kind: "text", meaning: "How the request stands." },
  outcome: { kind: "text", meaning: "What became of a send." },
  reply: { kind: "text", meaning: "The type of the answer." },
  message_type: { kind: "text", meaning: "The type of a message to a client." },
  message_id: { kind: "text", meaning: "Of a message of a queue, as SQS names it." },
  topic: { kind: "text", meaning: "The topic." },
  step: { kind: "text", meaning: "What the sweeper did with a request; the name of a step that is done once." },
  state: { kind: "text", meaning: "Of the breaker around the management API." },
  fields: { kind: "texts", meaning: "Which fields of a message could not be read: their names." },
  retry_at: { kind: "time", meaning: "When the next attempt may start." },
  last_ping_at: { kind: "time", meaning: "When the connection's last message came." },
  disconnect_time: { kind: "time", meaning: "When the end of a connection was seen." },
  disconnect_code: { kind: "count", meaning: "The close code, as API Gateway gives it." },
  disconnect_reason: { kind: "text", meaning: "The reason that goes with it, as API Gateway gives it." },
  duration_seconds: { kind: "count", meaning: "How long a connection was open, in seconds." },
  wait_ms: { kind: "amount", meaning: `How long a message waits before it comes again, ${TIME}.` },
  remaining_ms: { kind: "amount", meaning: `What is left of the invocation, ${TIME}.` },
  timeout_ms: { kind: "amount", meaning: `The action's timeout, ${TIME}.` },
  size_bytes: { kind: "count", meaning: "How large it was." },
  tries: { kind: "count", meaning: "How often it was tried." },
  dispatches: { kind: "count", meaning: "How often the sweeper has sent the request's event again." },
  shard: { kind: "count", meaning: "The partition of the work index." },
  items: { kind: "count", meaning: "How many items of a batch." },
  topics: { kind: "count", meaning: "How many topics." },
  connections: { kind: "count", meaning: "How many connections." },
  messages: { kind: "count", meaning: "How many messages of a queue." },
  messages_sent: { kind: "count", meaning: "Messages that were sent to the connection." },
  messages_received: { kind: "count", meaning: "Messages that came from the connection." },
  messages_unsent: { kind: "count", meaning: "Messages that there was no time to send." },
  subscriptions_removed: { kind: "count", meaning: "Requests that the connection watched." },
  topics_removed: { kind: "count", meaning: "Topics that the connection heard." },
  subscribers_unread: { kind: "flag", meaning: "Whether there were subscribers that were not even read." },
  counts: { kind: "counts", meaning: "What a sweep, a batch of the notifier or a message of a batch came to, by name." },

  app: { kind: "app", meaning: "What an action's own code logs. Never put a payload, a token or a result there." },

  sampling_rate: { kind: "amount", meaning: "Powertools: the share of invocations that log at DEBUG, where one is set." },
  xray_trace_id: { kind: "text", meaning: "Powertools: the X-Ray trace of the invocation, by which CloudWatch finds its lines." },
} as const satisfies Readonly<Record<string, LogField>>;

export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"] as const;
