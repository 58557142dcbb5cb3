import type { AnyStreamerError, Clock } from "@streamer/protocol";
import type { Network } from "./connection/network.ts";

export type { Network };

/**
 * Where the connection stands.
 *
 * - `idle`: nothing was asked for yet;
 * - `connecting`: on the way to the first opening, refused attempts included;
 * - `open`: frames flow;
 * - `reconnecting`: it was open, broke, and is being opened again;
 * - `offline`: this machine has no network; nothing is tried until it has one again, and then at once;
 * - `closed`: `close()` was called. Final: make a new client.
 */
export type ConnectionState = "idle" | "connecting" | "open" | "reconnecting" | "offline" | "closed";

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

/** Pieces of a request's output: what its handler emitted, in order. A new attempt emits from the beginning. */
export interface ChunkUpdate<Chunk = unknown> {
  readonly type: "chunk";
  readonly sequence: number;
  readonly attempt: number;
  /** One value or more; how many share an update says nothing. */
  readonly data: readonly Chunk[];
}

/** Updates that the server does not have any more, and that this handle has not seen. What follows is complete again. */
export interface GapUpdate {
  readonly type: "gap";
  /** The same as `to`. */
  readonly sequence: number;
  /** Which run of the work the last of them was of. */
  readonly attempt: number;
  /** The first sequence that is missing, and the last; not every number between them need have existed. */
  readonly from: number;
  readonly to: number;
  /** The newest progress that is known all the same. */
  readonly snapshot: Pick<ProgressUpdate, "percentage" | "message" | "timestamp"> | undefined;
}

/** What `updates()` gives. `Chunk` is one emitted value. */
export type Update<Metadata = Record<string, unknown>, Chunk = unknown> = ProgressUpdate<Metadata> | ChunkUpdate<Chunk> | GapUpdate;

/** Until when something is waited for. */
export interface WaitOptions {
  /** Ends the waiting only; the request goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Which updates of a request are followed, and until when. */
export interface UpdatesOptions extends WaitOptions {
  /** Only updates with a higher `sequence`: the last one that was dealt with before. Default 0, all. */
  readonly after?: number | undefined;
}

/** From where on a request that was submitted earlier is followed. */
export interface GetOptions {
  /** The `sequence` of the last update that is known already: only later ones are fetched. Default 0, all. A whole number. */
  readonly after?: number | undefined;
}

/** What may be said of a request when it is submitted. */
export interface RequestOptions {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ -`. Default: 32 random hexadecimal digits. Sending the same id again never runs the work twice. */
  readonly id?: string | undefined;
  /** Kept with the request and given to its handler: 20 entries, keys up to 64 and values up to 256 characters. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** A UUID by which the request is found in the server's logs. Default: the server makes one; the handle's `correlationId` tells it. */
  readonly correlationId?: string | undefined;
  /** W3C trace context (`traceparent`) of what the request is a part of: the work goes on with that trace. Default: the server begins one. */
  readonly traceparent?: string | undefined;
  /** Aborting cancels the request, as `cancel()` does. */
  readonly signal?: AbortSignal | undefined;
}

/** The small part of the standard WebSocket that the client uses. */
export interface WebSocketLike {
  /** What the server chose of the subprotocols, once it is open. One that does not tell is believed. */
  readonly protocol?: string;
  /** Sends a text frame. */
  send(data: string): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Calls `listener` when the socket is open, or has failed. */
  addEventListener(type: "open" | "error", listener: () => void): void;
  /** Calls `listener` for each frame. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Calls `listener` when the socket has closed, with the close code. */
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
}

/** A class like the standard `WebSocket`. */
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
  /** What explains a connection's way, in the course of things. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** What somebody should look at. */
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/**
 * A JWT, or what gives one. A function is asked again at every attempt to connect, and about a minute before the token expires, so that the
 * connection need not end with it.
 */
export type TokenSource = string | (() => string | Promise<string>);

/** How a client connects, and what it takes from its surroundings. Only `token` must be there. */
export interface StreamerClientOptions {
  readonly token: TokenSource;
  /** Default: the global `WebSocket` (browsers, workers, Node 22 and later). In Node 20 pass that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Uploads payloads over 32 KB and downloads results over 128 KB. Default: the global `fetch`. */
  readonly fetch?: FetchLike | undefined;
  /**
   * How old a connection becomes before another takes its place, in milliseconds, ±5 %. API Gateway cuts at 2 hours: what is open then goes on
   * without a pause. Default 110 minutes; more than 114 is too late.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
   */
  readonly rolloverAfterMs?: number | undefined;
  /**
   * How many requests may wait for a connection, and how large they may be together; the first that waits may have any size. More are refused
   * with `SERVICE_UNAVAILABLE` and `details.reason` `queue_full`. Default 1,000 and 5 MB (5,000,000).
   */
  readonly maxQueuedRequests?: number | undefined;
  readonly maxQueuedBytes?: number | undefined;
  /** Whether there is a network. Default: what the browser says (`navigator.onLine` and its events); elsewhere there always is. */
  readonly network?: Network | undefined;
  /** Default: the system's time. */
  readonly clock?: Clock | undefined;
  /** A number from 0 up to 1, for the jitter of delays. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Makes request ids. Default: 32 random hexadecimal digits. */
  readonly newId?: (() => string) | undefined;
  /** Default: silent. */
  readonly logger?: ClientLogger | undefined;
}
