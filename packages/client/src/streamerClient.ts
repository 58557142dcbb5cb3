import { ServiceUnavailableError, errorFromBody, systemClock } from "@streamer/protocol";
import type { AnyStreamerError, ErrorBody, ServerMessage } from "@streamer/protocol";
import { Connection } from "./connection/connection.ts";
import { browserNetwork } from "./connection/network.ts";
import { EXTEND, Extensions } from "./extension.ts";
import type { Extension, ExtensionHost } from "./extension.ts";
import { createRequestBuilder } from "./requestBuilder.ts";
import type { RequestBuilder } from "./requestBuilder.ts";
import { createRequestHandle } from "./requestHandle.ts";
import type { RequestHandle } from "./requestHandle.ts";
import { RequestRegistry } from "./requests/requestRegistry.ts";
import { retryAfterMs } from "./retryAfter.ts";
import type {
  ClientLogger,
  ConnectionState,
  FetchLike,
  GetOptions,
  RequestOptions,
  StateChange,
  StreamerClientOptions,
  WebSocketConstructor,
} from "./types.ts";
import { readMessage } from "./wire/readMessage.ts";

/** Looked up at each call, as the global may be replaced; and called as a function, as browsers want it. */
const globalFetch: FetchLike = (url, init) => fetch(url, init);

const DEFAULT_ROLLOVER_AFTER_MS = 110 * 60 * 1000;
const DEFAULT_MAX_QUEUED_REQUESTS = 1_000;
const DEFAULT_MAX_QUEUED_BYTES = 5_000_000;

const SILENT: ClientLogger = { debug: () => {}, warn: () => {} };

/**
 * A connection to Streamer and the requests sent over it. `createClient` gives it types per action.
 *
 * It connects at the first request or `connect()`, reconnects for ever with backoff and full jitter (100 ms to 30 s), and after a
 * reconnect sends again what was not acknowledged and catches up with what was. What the server refuses with `RATE_LIMITED` is sent again
 * when the time is over that it asks for. Before the platform ends a connection, and before its token expires, it sees to another.
 */
export class StreamerClient {
  readonly #connection: Connection;
  readonly #requests: RequestRegistry;
  readonly #extensions: Extensions;
  readonly #logger: ClientLogger;

  /**
   * @param url `wss://…`, or `ws://…` on one's own machine.
   * @throws {TypeError} when the url is not one of a WebSocket, or the runtime has no WebSocket and none was passed.
   */
  constructor(url: string, options: StreamerClientOptions) {
    checkUrl(url);
    const { token, clock = systemClock, random = Math.random, newId = randomId, logger = SILENT, fetch = globalFetch } = options;
    const { rolloverAfterMs = DEFAULT_ROLLOVER_AFTER_MS, network = browserNetwork(url) } = options;
    const { maxQueuedRequests = DEFAULT_MAX_QUEUED_REQUESTS, maxQueuedBytes = DEFAULT_MAX_QUEUED_BYTES } = options;
    this.#logger = logger;
    const WebSocket = options.WebSocket ?? globalWebSocket();
    const connection = new Connection(
      { url, token: typeof token === "string" ? () => token : token, rolloverAfterMs },
      { WebSocket, clock, random, logger, network },
      {
        onOpen: () => {
          this.#requests.onOpen();
          this.#extensions.forAll((extension) => extension.changed());
        },
        onMoved: () => {
          this.#requests.onMoved();
          this.#extensions.forAll((extension) => extension.changed());
        },
        onLineGone: (line) => {
          this.#requests.onLineGone(line);
          this.#extensions.forAll((extension) => extension.onLineGone(line));
        },
        onLost: () => {
          this.#requests.onLost();
          this.#extensions.forAll((extension) => extension.onLost());
        },
        onText: (text, line) => this.#onText(text, line),
        isNeeded: (line) => this.#requests.needs(line) || this.#extensions.needs(line),
      },
    );
    this.#connection = connection;
    const transport = {
      isOpen: () => connection.state === "open",
      get line() {
        return connection.openLine;
      },
      send: (text: string) => connection.send(text),
    };
    const onResume = (): void => this.#extensions.forAll((extension) => extension.changed());
    const requests = new RequestRegistry(
      { maxQueuedRequests, maxQueuedBytes },
      { transport, fetch, clock, random, newId, logger, onResume },
    );
    this.#requests = requests;
    this.#extensions = new Extensions({
      transport: requests.transport,
      fetch,
      clock,
      random,
      newId,
      logger,
      start: () => connection.start(),
      pause: (ms) => requests.onRateLimited(ms),
      closedBy: () => requests.closedBy,
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Why the connection is not open, as far as that is known: a refused upgrade, a failing token function, what the server said. */
  get lastError(): AnyStreamerError | undefined {
    return this.#connection.lastError;
  }

  /** Calls `listener` whenever the state changes, an attempt to connect begins or fails. @returns what stops it. */
  onStateChange(listener: (change: StateChange) => void): () => void {
    return this.#connection.changes.add(listener);
  }

  /**
   * Connects, unless a request has done so already. Resolves when the connection is open, however many attempts that takes: watch
   * `onStateChange` for what goes wrong on the way.
   *
   * @throws {ServiceUnavailableError} when the client is closed before.
   */
  connect(): Promise<void> {
    this.#connection.start();
    const opened = this.#connection.opened();
    // Whoever only wants to begin early need not handle that the client was closed.
    opened.catch(() => {});
    return opened;
  }

  /**
   * Sends a request. Whatever goes wrong with it, before or after sending, is told by its handle.
   *
   * @param action the action's name, as in `"generate_report"`.
   * @param payload its input: anything JSON, up to 10 MiB. What is over 32 KB is uploaded first, and needs a long action. Default `{}`.
   */
  submit<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown>(
    action: string,
    payload?: unknown,
    options: RequestOptions = {},
  ): RequestHandle<Data, Metadata, Chunk> {
    const request = this.#requests.submit(action, payload, options);
    this.#connection.start();
    return createRequestHandle<Data, Metadata, Chunk>(request);
  }

  /** The same, put together step by step: nothing is sent before `send()`. */
  request<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown>(action: string): RequestBuilder<Data, Metadata, Chunk> {
    return createRequestBuilder((payload, options) => this.submit<Data, Metadata, Chunk>(action, payload, options));
  }

  /**
   * Watches a request that was sent before: in another tab, before a reload, by another of the user's devices. Until the server has answered,
   * the handle is `stale`. When there is no such request, or it is somebody else's, `result()` and `accepted()` reject with `NOT_FOUND`. While
   * it is watched, submitting under its id is refused with `DUPLICATE_REQUEST`.
   */
  get<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown>(
    id: string,
    options: GetOptions = {},
  ): RequestHandle<Data, Metadata, Chunk> {
    const request = this.#requests.get(id, options);
    this.#connection.start();
    return createRequestHandle<Data, Metadata, Chunk>(request);
  }

  /**
   * Closes the connection with 1000 and waits until it is closed, at most 5 seconds. The handles of open requests reject with
   * `SERVICE_UNAVAILABLE` and `details.reason` `client_closed`: not `CANCELLED`, for the requests themselves go on. Final.
   */
  async close(): Promise<void> {
    const error = new ServiceUnavailableError({ details: { reason: "client_closed" } });
    const closed = this.#connection.close(error);
    this.#requests.close(error);
    this.#extensions.forAll((extension) => extension.close(error));
    await closed;
  }

  /** For the parts of this package that a page loads only when it uses them. @internal */
  [EXTEND]<E extends Extension>(kind: (host: ExtensionHost) => E): E {
    return this.#extensions.of(kind);
  }

  #onText(text: string, line: number): void {
    if (this.state !== "open") return;
    const read = readMessage(text, this.#extensions.checks);
    if (read === undefined) {
      // A newer server may send what this client does not know. What it is may quote results, so that is not logged.
      this.#logger.warn("A message could not be read and is ignored.", {});
    } else if ("connectionId" in read) {
      this.#logger.warn("The server failed at a frame.", { gateway_request_id: read.requestId });
      this.#requests.onGatewayFrame(line);
      this.#extensions.forAll((extension) => extension.onGatewayFrame(line));
    } else this.#onMessage(read, line);
    this.#connection.settleLeaving();
  }

  #onMessage(message: ServerMessage, line: number): void {
    this.#extensions.forAll((extension) => extension.onMessage(message, line));
    switch (message.type) {
      case "error":
        if (message.request_id !== undefined) this.#requests.onMessage(message, line);
        else if (message.batch_id === undefined && message.topic === undefined)
          this.#onConnectionError(message.error, message.final === true, line);
        return;
      case "authenticated":
        this.#connection.onAuthenticated(message.expires_at);
        return;
      case "pong":
      case "event":
      case "presence":
      case "subscribed_topic":
      case "unsubscribed_topic":
      case "batch":
        return;
      default:
        this.#requests.onMessage(message, line);
    }
  }

  #onConnectionError(body: ErrorBody, final: boolean, line: number): void {
    const error = connectionError(body);
    this.#logger.warn(final ? "The server disconnects." : "The server refused a frame.", { code: body.code });
    if (error.code === "RATE_LIMITED") this.#requests.onRateLimited(retryAfterMs(error));
    this.#connection.onError(error, final, line);
  }
}

/** A code of a newer server says nothing to this client, so what the server says in words is kept: its user may have to update. */
function connectionError(body: ErrorBody): AnyStreamerError {
  const error = errorFromBody(body);
  if (error.code === body.code) return error;
  return new ServiceUnavailableError({ details: { ...body.details, reason: "server", code: body.code, message: body.message } });
}

function checkUrl(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== "wss:" && protocol !== "ws:") {
    throw new TypeError(`"${url}" is not the address of a WebSocket. Pass the deployment's url, which begins with "wss://".`);
  }
}

function globalWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketConstructor };
  if (WebSocket === undefined) {
    throw new TypeError("This runtime has no global WebSocket. Use Node 22 or later, or pass the option `WebSocket`.");
  }
  return WebSocket;
}

/** 128 random bits. Not `crypto.randomUUID`, which browsers only give to pages of secure origins. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
