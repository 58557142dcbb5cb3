import type { RequestStatus } from "@streamer/protocol";

/**
 * What the console's page and the local stack say to each other: JSON over HTTP under `/console/api/`, on loopback only. Every call carries
 * the run's token in the header `X-Streamer-Console`; the page finds it in its own HTML (`<meta name="streamer-console">`). Times are ms since
 * 1970. The stack serves it (`packages/local/src/console`); nothing of it exists on AWS.
 */
export const CONSOLE_HEADER = "x-streamer-console";

/** `GET app` */
export interface AppView {
  readonly version: string;
  readonly stage: string;
  readonly websocketUrl: string;
  readonly dataDir: string;
  readonly actions: readonly ActionView[];
  readonly chaos: ChaosView;
}

export interface ActionView {
  readonly name: string;
  /** Whether it has a processor of its own. */
  readonly asynchronous: boolean;
  readonly estimatedDurationMs: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly permissions: readonly string[];
  /** JSON Schema (draft 2020-12) of the input; absent when the schema has no such form, and `noSchemaReason` says why. */
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  readonly noSchemaReason?: string;
  readonly examples: readonly ExampleView[];
}

/** From `examples.ts` beside the action. */
export interface ExampleView {
  readonly title: string;
  readonly payload: unknown;
  /** The code that it is refused with; absent for a good one. */
  readonly error?: string;
}

/** `POST token` → `{ token }`: for the page's own connections, and to be copied. */
export interface TokenRequest {
  readonly user: string;
  readonly tenant: string;
  readonly permissions: readonly string[];
}

/** `GET requests?status=&action=&user=&text=&cursor=&limit=` → a page of these, newest first. `text`: a part of the id. */
export interface RequestRow {
  readonly tenantId: string;
  readonly requestId: string;
  readonly userId: string;
  readonly action: string;
  readonly status: RequestStatus;
  readonly attempt: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly retryAt?: number;
  readonly percentage?: number;
  readonly message?: string;
  readonly errorCode?: string;
}
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** `GET requests/<tenant>/<id>`; `POST requests/<tenant>/<id>/{cancel,redrive,kill-worker}`. */
export interface RequestDetail extends RequestRow {
  readonly connectionId: string;
  readonly correlationId: string;
  readonly payload: unknown;
  readonly metadata: Readonly<Record<string, string>>;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly details?: unknown };
  /** For operators: in the words of the error. */
  readonly failureReason?: string;
  readonly expiresAt: number;
  readonly leaseExpiresAt?: number;
  readonly cancelRequestedAt?: number;
  readonly dispatches: number;
  readonly updates: readonly UpdateView[];
  readonly watchers: readonly string[];
  readonly timeline: readonly Hop[];
}
export interface UpdateView {
  readonly sequence: number;
  readonly attempt: number;
  readonly kind: "progress" | "chunk";
  readonly percentage?: number;
  readonly message?: string;
  readonly metadata?: unknown;
  readonly data?: unknown;
  readonly at?: number;
}

/** The hops of the flow, in the order in which a request passes them. */
export const HOPS = ["gateway", "router", "table", "pipe", "bus", "queue", "worker", "update", "post", "end"] as const;
export type HopName = (typeof HOPS)[number];

/** One thing that happened to a request, as the local stack saw it. Kept for the run, not in the table. */
export interface Hop {
  readonly id: number;
  readonly tenantId?: string;
  readonly requestId: string;
  readonly action?: string;
  readonly hop: HopName;
  /** Such as "frame in", "put", "record", "event", "message", "attempt 2 starts", "attempt 2 ends", "progress 30 %", "posted", "completed". */
  readonly what: string;
  readonly at: number;
  readonly durationMs?: number;
  readonly attempt?: number;
  /** Of a fault, or a failure. */
  readonly trouble?: string;
}

/** `GET connections` → a page; `POST connections/<id>/{disconnect,drop}`; `POST connections/<id>/send` with a server message. */
export interface ConnectionView {
  readonly connectionId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly permissions: readonly string[];
  readonly connectedAt: number;
  readonly lastMessageAt: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly tokenExpiresAt: number;
  readonly userAgent?: string;
  readonly ipAddress?: string;
  /** Whether the gateway has its socket; a record without one is a leftover. */
  readonly open: boolean;
  readonly requests: readonly string[];
  readonly topics: readonly string[];
}

/** `GET dead-letters`; `POST dead-letters/redrive` redrives all failed requests and gives `{ redriven }`. */
export interface DeadLetters {
  readonly requests: readonly (RequestRow & { readonly failureReason?: string })[];
  /** Messages that no worker could read, by queue. */
  readonly queues: readonly { readonly queue: string; readonly messages: number }[];
  /** Records that the Pipe gave up. */
  readonly pipe: number;
}

/** `GET flow`, and each second on the stream. */
export interface FlowView {
  readonly at: number;
  /** Since the run began, and in the last minute; latency from the hop before it, in ms. */
  readonly hops: readonly {
    readonly hop: HopName;
    readonly total: number;
    readonly perSecond: number;
    readonly inFlight?: number;
    readonly p50Ms?: number;
    readonly p95Ms?: number;
    readonly p99Ms?: number;
  }[];
  readonly connections: number;
  readonly queues: readonly { readonly action: string; readonly waiting: number; readonly running: number; readonly deadLetters: number }[];
  /** One point for each of the last 120 seconds. */
  readonly series: readonly {
    readonly at: number;
    readonly submitted: number;
    readonly ended: number;
    readonly failed: number;
    readonly p50Ms?: number;
    readonly p95Ms?: number;
  }[];
}

/** `GET chaos`, `POST chaos` with what is to change. */
export interface ChaosView {
  readonly on: boolean;
  readonly seed: number;
  /** Share of occasions, 0 to 1, by kind of fault. */
  readonly rates: Readonly<Record<string, number>>;
  /** Those of a rough day: every promise is put to the test, and nearly all requests still end in seconds. Each kind of fault is in it. */
  readonly roughRates: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}
export interface ChaosChange {
  readonly on?: boolean;
  readonly rates?: Readonly<Record<string, number>>;
}

/** `GET events`: server-sent events (`text/event-stream`, read by `fetch`, as the header is needed), `data:` one of these as JSON. */
export type ConsoleEvent =
  | { readonly type: "request"; readonly row: RequestRow }
  | { readonly type: "hop"; readonly hop: Hop }
  | { readonly type: "flow"; readonly flow: FlowView }
  | { readonly type: "connections" }
  | { readonly type: "reloaded"; readonly functions: readonly string[]; readonly error?: string };

/** Of every call that fails: a sentence for a person. */
export interface ConsoleError {
  readonly error: { readonly code: string; readonly message: string };
}
