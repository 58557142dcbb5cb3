import {
  InvalidMessageError,
  ServiceUnavailableError,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  TimeoutError,
  decodeServerMessage,
  encodeClientMessage,
  systemClock,
} from "@streamer/protocol";
import type { ClientMessageInput, Clock, ServerMessage } from "@streamer/protocol";
import { Listeners } from "../listeners.ts";
import type { WebSocketConstructor, WebSocketLike } from "../types.ts";

/** How long `waitForCompletion` waits unless told otherwise. */
const COMPLETION_TIMEOUT_MS = 30_000;

/** Where a test client connects, and by which socket, time and ids. */
export interface TestClientOptions {
  readonly url: string;
  /** Default: the global one. Pass `server.WebSocket` for a server in memory. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Default: the system's time. */
  readonly clock?: Clock | undefined;
  /** Makes request ids. Default: random UUIDs. */
  readonly newId?: (() => string) | undefined;
}

/** What ends a request, or refuses it. */
export type Completion = Extract<ServerMessage, { type: "response" | "complete" | "error" | "cancelled" }>;

/**
 * One connection, frame by frame: for tests that look at the wire, of a deployment or of a test server. It does not reconnect, replay or
 * send anything again: that is what the SDK is for.
 */
export interface TestClient {
  /** @throws {ServiceUnavailableError} when the upgrade is refused. */
  connect(jwt: string): Promise<void>;
  /** Sends a `request` and gives its id. */
  sendRequest(action: string, payload?: unknown, options?: { readonly id?: string; readonly metadata?: Record<string, string> }): string;
  /** Sends any other message. */
  send(message: ClientMessageInput): void;
  /** Calls `listener` with each message from now on. @returns what stops it. */
  onMessage(listener: (message: ServerMessage) => void): () => void;
  /** Every message so far. */
  readonly messages: readonly ServerMessage[];
  /**
   * Resolves with the message that answers the request for good: its `response`, its terminal message, or the `error` that refuses it. One
   * that has come already counts.
   *
   * @param timeoutMs Default 30,000.
   * @throws {TimeoutError} when none comes in time.
   * @throws {ServiceUnavailableError} when the connection ends before; `details.close_code` says how.
   */
  waitForCompletion(requestId: string, timeoutMs?: number): Promise<Completion>;
  /** Resolves when the connection has ended, with the close code. */
  close(): Promise<number | undefined>;
}

/** @throws {TypeError} when the runtime has no WebSocket and none was passed. */
export function createTestClient(options: TestClientOptions): TestClient {
  const { url, WebSocket = globalWebSocket(), clock = systemClock } = options;
  const { newId = () => crypto.randomUUID() } = options;
  const messages: ServerMessage[] = [];
  const arrived = new Listeners<ServerMessage>();
  const ended = new Listeners<number>();
  let socket: WebSocketLike | undefined;
  let closeCode: number | undefined;

  const connected = (): WebSocketLike => {
    if (socket === undefined || closeCode !== undefined) throw new ServiceUnavailableError({ details: { close_code: closeCode } });
    return socket;
  };

  const onText = (text: unknown): void => {
    const decoded = typeof text === "string" ? decodeServerMessage(text) : undefined;
    if (decoded === undefined) throw new InvalidMessageError({ details: { reason: "a binary message" } });
    if (!decoded.ok) throw decoded.error;
    if ("gateway" in decoded) return;
    messages.push(decoded.message);
    arrived.emit(decoded.message);
  };

  const send = (message: ClientMessageInput): void => connected().send(encodeClientMessage(message));

  return {
    messages,
    connect(jwt) {
      closeCode = undefined;
      const opening = new WebSocket(url, [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + jwt]);
      socket = opening;
      return new Promise((resolve, reject) => {
        opening.addEventListener("open", () => resolve());
        opening.addEventListener("message", ({ data }) => onText(data));
        opening.addEventListener("error", () => {});
        opening.addEventListener("close", ({ code }) => {
          closeCode = code;
          reject(new ServiceUnavailableError({ details: { close_code: code } }));
          ended.emit(code);
        });
      });
    },
    sendRequest(action, payload = {}, { id = newId(), metadata } = {}) {
      send({ type: "request", id, action, payload, ...(metadata === undefined ? {} : { metadata }) });
      return id;
    },
    send,
    onMessage: (listener) => arrived.add(listener),
    waitForCompletion(requestId, timeoutMs = COMPLETION_TIMEOUT_MS) {
      return new Promise((resolve, reject) => {
        const stops: (() => void)[] = [];
        const stop = (): void => stops.forEach((end) => end());
        const check = (message: ServerMessage): void => {
          if (!completes(message, requestId)) return;
          stop();
          resolve(message);
        };
        const fail = (code: number | undefined): void => {
          stop();
          reject(new ServiceUnavailableError({ details: { close_code: code } }));
        };
        const timer = clock.after(timeoutMs, () => {
          stop();
          reject(new TimeoutError({ details: { request_id: requestId, timeout_ms: timeoutMs } }));
        });
        stops.push(() => timer.cancel(), arrived.add(check), ended.add(fail));
        const known = messages.find((message) => completes(message, requestId));
        if (known !== undefined) check(known);
        else if (closeCode !== undefined) fail(closeCode);
      });
    },
    async close() {
      const open = socket;
      if (open === undefined || closeCode !== undefined) return closeCode;
      return new Promise((resolve) => {
        const stop = ended.add((code) => {
          stop();
          resolve(code);
        });
        open.close(1000);
      });
    },
  };
}

function globalWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketConstructor };
  if (WebSocket === undefined) throw new TypeError("This runtime has no global WebSocket. Pass the option `WebSocket`.");
  return WebSocket;
}

function completes(message: ServerMessage, requestId: string): message is Completion {
  switch (message.type) {
    case "response":
    case "complete":
    case "cancelled":
    case "error":
      return message.request_id === requestId;
    default:
      return false;
  }
}
