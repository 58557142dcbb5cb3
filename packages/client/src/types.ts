import type { AnyStreamerError, Clock } from "@streamer/protocol";

/**
 * Where the connection stands.
 *
 * - `idle`: nothing was asked for yet;
 * - `connecting`: on the way to the first opening, refused attempts included;
 * - `open`: frames flow;
 * - `reconnecting`: it was open, broke, and is being opened again;
 * - `closed`: `close()` was called. Final: make a new client.
 */
export type ConnectionState = "idle" | "connecting" | "open" | "reconnecting" | "closed";

/** What listeners of the connection are told. */
export interface StateChange {
  readonly state: ConnectionState;
  /** Why the connection is not open, as far as it is known. Undefined once it is open. */
  readonly lastError: AnyStreamerError | undefined;
  /** Milliseconds until the next attempt; undefined while none is waiting. */
  readonly retryInMs: number | undefined;
}

/**
 * Where a request stands, as far as this client knows. `retrying`: the work failed and is done again (`retryAt`). The last three are ends;
 * of these, `failed` and `cancelled` can be undone by an operator only.
 */
export type HandleStatus = "submitting" | "queued" | "running" | "retrying" | "completed" | "failed" | "cancelled";

/** A step forward of a request. */
export interface ProgressUpdate<Metadata = Record<string, unknown>> {
  readonly type: "progress";
  /** Rises within a request; use it as a key. */
  readonly sequence: number;
  /** Which run of the work this is, from 1. */
  readonly attempt: number;
  /** 0 to 100; never falls within an attempt. */
  readonly percentage: number;
  readonly message: string;
  readonly metadata: Metadata | undefined;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** A piece of a request's output. */
export interface ChunkUpdate {
  readonly type: "chunk";
  readonly sequence: number;
  readonly attempt: number;
  readonly data: unknown;
}

export type Update<Metadata = Record<string, unknown>> = ProgressUpdate<Metadata> | ChunkUpdate;

export interface WaitOptions {
  /** Ends the waiting only; the request goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface RequestOptions {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ -`. Default: 32 random hexadecimal digits. Sending the same id again never runs the work twice. */
  readonly id?: string | undefined;
  /** Kept with the request and given to its handler: 20 entries, keys up to 64 and values up to 256 characters. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Aborting cancels the request, as `cancel()` does. */
  readonly signal?: AbortSignal | undefined;
}

/** The small part of the standard WebSocket that the client uses. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** The small part of the standard `fetch` that the client uses, for payloads and results that no message holds. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Uint8Array<ArrayBuffer>;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly ok: boolean; text(): Promise<string> }>;

/** `console` is one. Tokens, payloads and results are never passed to it. */
export interface ClientLogger {
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** A JWT, or what gives one. A function is asked again at every attempt to connect, so that an expired token is replaced. */
export type TokenSource = string | (() => string | Promise<string>);

export interface StreamerClientOptions {
  readonly token: TokenSource;
  /** Default: the global `WebSocket` (browsers, workers, Node 22 and later). */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Uploads payloads over 32 KB and downloads results over 128 KB. Default: the global `fetch`. */
  readonly fetch?: FetchLike | undefined;
  /** Default: the system's time. */
  readonly clock?: Clock | undefined;
  /** A number from 0 up to 1, for the jitter of delays. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Makes request ids. Default: 32 random hexadecimal digits. */
  readonly newId?: (() => string) | undefined;
  /** Default: silent. */
  readonly logger?: ClientLogger | undefined;
}
