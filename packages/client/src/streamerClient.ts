import { ServiceUnavailableError, decodeServerMessage, errorFromBody, systemClock } from "@streamer/protocol";
import type { AnyStreamerError, ServerMessage } from "@streamer/protocol";
import { Connection } from "./connection/connection.ts";
import { createRequestHandle } from "./requestHandle.ts";
import type { RequestHandle } from "./requestHandle.ts";
import { RequestRegistry } from "./requests/requestRegistry.ts";
import type {
  ClientLogger,
  ConnectionState,
  FetchLike,
  RequestOptions,
  StateChange,
  StreamerClientOptions,
  WebSocketConstructor,
} from "./types.ts";

/** Looked up at each call, as the global may be replaced; and called as a function, as browsers want it. */
const globalFetch: FetchLike = (url, init) => fetch(url, init);

const SILENT: ClientLogger = { debug: () => {}, warn: () => {} };

/**
 * A connection to Streamer and the requests sent over it. `createClient` gives it types per action.
 *
 * It connects at the first request or `connect()`, reconnects for ever with backoff and full jitter (100 ms to 30 s), and after a
 * reconnect sends again what was not acknowledged and catches up with what was.
 */
export class StreamerClient {
  readonly #connection: Connection;
  readonly #requests: RequestRegistry;
  readonly #logger: ClientLogger;

  /**
   * @param url `wss://…`, or `ws://…` on one's own machine.
   * @throws {TypeError} when the url is not one of a WebSocket, or the runtime has no WebSocket and none was passed.
   */
  constructor(url: string, options: StreamerClientOptions) {
    checkUrl(url);
    const { token, clock = systemClock, random = Math.random, newId = randomId, logger = SILENT, fetch = globalFetch } = options;
    this.#logger = logger;
    const WebSocket = options.WebSocket ?? globalWebSocket();
    this.#connection = new Connection(
      { url, token: typeof token === "string" ? () => token : token },
      { WebSocket, clock, random, logger },
      {
        onOpen: () => this.#requests.onOpen(),
        onLost: () => this.#requests.onLost(),
        onText: (text) => this.#onText(text),
      },
    );
    const connection = this.#connection;
    const transport = { isOpen: () => connection.state === "open", send: (text: string) => connection.send(text) };
    this.#requests = new RequestRegistry({ transport, fetch, clock, random, newId, logger });
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
  request<Data = unknown, Metadata = Record<string, unknown>>(
    action: string,
    payload?: unknown,
    options: RequestOptions = {},
  ): RequestHandle<Data, Metadata> {
    const request = this.#requests.submit(action, payload, options);
    this.#connection.start();
    return createRequestHandle<Data, Metadata>(request);
  }

  /**
   * Closes the connection with 1000 and waits until it is closed, at most 5 seconds. The handles of open requests reject with
   * `SERVICE_UNAVAILABLE` and `details.reason` `client_closed`: not `CANCELLED`, for the requests themselves go on. Final.
   */
  async close(): Promise<void> {
    const error = new ServiceUnavailableError({ details: { reason: "client_closed" } });
    const closed = this.#connection.close(error);
    this.#requests.close(error);
    await closed;
  }

  #onText(text: string): void {
    if (this.state !== "open") return;
    const decoded = decodeServerMessage(text);
    if (!decoded.ok) {
      // A newer server may send what this client does not know. Why it could not be read may quote it, so that is not logged.
      this.#logger.warn("A message could not be read and is ignored.", { request_id: decoded.requestId });
    } else if ("gateway" in decoded) {
      this.#logger.warn("The server failed at a frame.", { gateway_request_id: decoded.gateway.requestId });
      this.#requests.onGatewayFrame();
    } else this.#onMessage(decoded.message);
  }

  #onMessage(message: ServerMessage): void {
    switch (message.type) {
      case "error":
        if (message.request_id !== undefined) this.#requests.onMessage(message);
        else this.#onConnectionError(errorFromBody(message.error), message.final === true);
        return;
      case "pong":
      case "authenticated":
      case "event":
      case "subscribed_topic":
      case "unsubscribed_topic":
        return;
      default:
        this.#requests.onMessage(message);
    }
  }

  #onConnectionError(error: AnyStreamerError, final: boolean): void {
    this.#logger.warn(final ? "The server disconnects." : "The server refused a frame.", { code: error.code });
    if (final) this.#connection.noteError(error);
  }
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
