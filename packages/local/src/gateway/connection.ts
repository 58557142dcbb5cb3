import type { Clock } from "@streamer/protocol";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { BINARY_NOT_SUPPORTED, closingOfClient, closingOfReceiverError, TOO_BIG } from "./closings.ts";
import type { Closing } from "./closings.ts";
import { createFrameMeter } from "./frameMeter.ts";
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

export interface ConnectionOptions {
  readonly info: ConnectionInfo;
  readonly socket: WebSocket;
  /** The stream that `socket` reads. */
  readonly stream: Duplex;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly faults?: GatewayFaults | undefined;
  readonly onMessage: (connection: Connection, text: string) => void;
  readonly onClose: (connection: Connection, closing: Closing) => void;
}

/** Puts a socket that was just upgraded under API Gateway's rules. Call it before the stream's first bytes are read. */
export function openConnection(options: ConnectionOptions): Connection {
  const { info, socket, stream, clock, limits, faults } = options;
  const meter = createFrameMeter(limits.maxFrameBytes);
  const closed = Promise.withResolvers<void>();
  const openedMs = clock.monotonic();
  let lastActiveMs = openedMs;
  let messagesIn = 0;
  let closing: Closing | undefined;

  const connection: Connection = {
    ...info,
    closed: closed.promise,
    get lastActiveAt() {
      return info.connectedAt + (lastActiveMs - openedMs);
    },
    get deadlineMs() {
      return Math.min(lastActiveMs + limits.idleTimeoutMs, openedMs + limits.maxConnectionDurationMs);
    },
    get open() {
      return closing === undefined && socket.readyState === WebSocket.OPEN;
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send(text) {
      if (!connection.open) return;
      faults?.onMessage(connection, "out", text.toString());
      lastActiveMs = clock.monotonic();
      // A write that fails is followed by the close event, which is handled.
      socket.send(text, { binary: false }, () => {});
    },
    close(why) {
      if (!connection.open) return;
      closing = why;
      socket.close(why.code, why.reason);
    },
    terminate: () => socket.terminate(),
  };

  // Before the listener of `ws`: a whole oversized frame may be in one chunk, and must not become a message.
  stream.prependListener("data", (chunk: Buffer) => {
    if (closing !== undefined) return;
    meter.push(chunk);
    if (meter.oversizedAfter !== undefined) connection.close(TOO_BIG);
  });
  socket.on("message", (data: Buffer, isBinary) => {
    messagesIn += 1;
    if (closing !== undefined && messagesIn > (meter.oversizedAfter ?? 0)) return;
    lastActiveMs = clock.monotonic();
    if (isBinary) return connection.close(BINARY_NOT_SUPPORTED);
    const text = data.toString();
    const wasOpen = connection.open;
    faults?.onMessage(connection, "in", text);
    // Cut with the message still on its way.
    if (wasOpen && !connection.open) return;
    options.onMessage(connection, text);
  });
  socket.on("error", (error) => {
    closing ??= closingOfReceiverError(error);
  });
  socket.on("close", (code, reason) => {
    options.onClose(connection, closing ?? closingOfClient(code, reason.toString()));
    closed.resolve();
  });
  return connection;
}
