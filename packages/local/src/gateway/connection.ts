import type { Clock } from "@streamer/protocol";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { BINARY_NOT_SUPPORTED, closingOfClient, closingOfReceiverError, TOO_BIG } from "./closings.ts";
import type { Closing } from "./closings.ts";
import { createFrameMeter } from "./frameMeter.ts";
import type { FrameMeter } from "./frameMeter.ts";
import type { GatewayFaults } from "./faults.ts";
import type { GatewayLimits } from "./types.ts";

/** Who is on the other side. */
export interface Identity {
  readonly sourceIp: string;
  /** Absent when the client sent no `User-Agent`, as browsers always do. */
  readonly userAgent?: string;
}

/** What is known of a connection from its upgrade on. */
export interface ConnectionInfo {
  readonly id: string;
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
}

/** One open WebSocket. */
export interface Connection extends ConnectionInfo {
  /** When a message last went either way, in milliseconds since 1970. */
  readonly lastActiveAt: number;
  /** When the connection ends if nothing more is said, by the clock's `monotonic`. */
  readonly deadlineMs: number;
  /** False as soon as either side has begun to close. */
  readonly open: boolean;
  /** Bytes that wait because the client does not read. */
  readonly bufferedBytes: number;
  /** Resolves after the socket closed and `onClose` was called. */
  readonly closed: Promise<void>;
  /** Sends one text message. Nothing happens when the connection is not open. */
  send(text: string | Buffer): void;
  /** Begins the closing handshake; the first closing counts. */
  close(closing: Closing): void;
  /** Drops the socket without a handshake. */
  terminate(): void;
}

/** What is the same for all connections of a gateway. */
export interface ConnectionRules {
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly faults?: GatewayFaults | undefined;
  readonly onMessage: (connection: Connection, text: string) => void;
  readonly onClose: (connection: Connection, closing: Closing) => void;
}

/**
 * Puts a socket that was just upgraded under API Gateway's rules. Call it before the stream's first bytes are read.
 *
 * @param stream that `socket` reads.
 */
export function openConnection(rules: ConnectionRules, info: ConnectionInfo, socket: WebSocket, stream: Duplex): Connection {
  return new OpenConnection(rules, info, socket, stream);
}

/** Thousands of them are idle: what they have in common is on the prototype and in the rules, and only the rest in each. */
class OpenConnection implements Connection {
  readonly id: string;
  readonly identity: Identity;
  readonly connectedAt: number;
  readonly closed: Promise<void>;
  readonly #rules: ConnectionRules;
  readonly #socket: WebSocket;
  readonly #meter: FrameMeter;
  readonly #openedMs: number;
  #lastActiveMs: number;
  #messagesIn = 0;
  #closing: Closing | undefined = undefined;

  constructor(rules: ConnectionRules, { id, identity, connectedAt }: ConnectionInfo, socket: WebSocket, stream: Duplex) {
    this.id = id;
    this.identity = identity;
    this.connectedAt = connectedAt;
    this.#rules = rules;
    this.#socket = socket;
    this.#meter = createFrameMeter(rules.limits.maxFrameBytes);
    this.#openedMs = rules.clock.monotonic();
    this.#lastActiveMs = this.#openedMs;
    // Before the listener of `ws`: a whole oversized frame may be in one chunk, and must not become a message.
    stream.prependListener("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("message", (data: Buffer, isBinary) => this.#onMessage(data, isBinary));
    socket.on("error", (error) => {
      this.#closing ??= closingOfReceiverError(error);
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        rules.onClose(this, this.#closing ?? closingOfClient(code, reason.toString()));
        resolve();
      });
    });
  }

  get lastActiveAt(): number {
    return this.connectedAt + (this.#lastActiveMs - this.#openedMs);
  }

  get deadlineMs(): number {
    const { idleTimeoutMs, maxConnectionDurationMs } = this.#rules.limits;
    return Math.min(this.#lastActiveMs + idleTimeoutMs, this.#openedMs + maxConnectionDurationMs);
  }

  get open(): boolean {
    return this.#closing === undefined && this.#socket.readyState === WebSocket.OPEN;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string | Buffer): void {
    if (!this.open) return;
    this.#rules.faults?.onMessage(this, "out", text.toString());
    this.#lastActiveMs = this.#rules.clock.monotonic();
    this.#socket.send(text, AS_TEXT, ignoreFailure);
  }

  close(why: Closing): void {
    if (!this.open) return;
    this.#closing = why;
    this.#socket.close(why.code, why.reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #onData(chunk: Buffer): void {
    if (this.#closing !== undefined) return;
    this.#meter.push(chunk);
    if (this.#meter.oversizedAfter !== undefined) this.close(TOO_BIG);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.#messagesIn += 1;
    if (this.#closing !== undefined && this.#messagesIn > (this.#meter.oversizedAfter ?? 0)) return;
    this.#lastActiveMs = this.#rules.clock.monotonic();
    if (isBinary) return this.close(BINARY_NOT_SUPPORTED);
    const text = data.toString();
    const wasOpen = this.open;
    this.#rules.faults?.onMessage(this, "in", text);
    // Cut with the message still on its way.
    if (wasOpen && !this.open) return;
    this.#rules.onMessage(this, text);
  }
}

const AS_TEXT = { binary: false };
/** A write that fails is followed by the close event, which is handled. */
const ignoreFailure = (): void => {};
