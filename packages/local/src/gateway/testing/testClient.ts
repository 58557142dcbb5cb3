import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { createQueue } from "./queue.ts";

/** A WebSocket client whose messages can be awaited. */
export interface TestClient {
  readonly socket: WebSocket;
  /** The server's answer to the upgrade request. */
  readonly upgrade: IncomingMessage;
  /** Resolves with the next message that was not asked for yet. */
  next(): Promise<string>;
  /** Messages nobody asked for. */
  readonly rest: readonly string[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface ConnectOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
}

/** Connects. Rejects with what `ws` says when the server refuses or the handshake is not acceptable. */
export async function connect(url: string, { protocols = [], headers = {} }: ConnectOptions = {}): Promise<TestClient> {
  const socket = new WebSocket(url, [...protocols], { headers });
  const messages = createQueue<string>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const upgraded = once(socket, "upgrade") as Promise<[IncomingMessage]>;
  socket.on("message", (data: Buffer) => messages.push(data.toString()));
  socket.on("close", (code, reason) => closed.resolve({ code, reason: reason.toString() }));
  const [[upgrade]] = await Promise.all([upgraded, once(socket, "open")]);
  // Errors after the opening end in a close.
  socket.on("error", () => {});
  return { socket, upgrade, next: () => messages.next(), rest: messages.rest, closed: closed.promise };
}

export const HANDSHAKE = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "WkQgPq2aaLgLt09qzhmA8g==",
};

export interface RawUpgrade {
  readonly response: IncomingMessage;
  /** Of a 101. */
  readonly socket?: Duplex;
}

/** Sends an upgrade request by hand. Rejects when `signal` gives it up before there is an answer. */
export async function requestUpgrade(url: string, headers: OutgoingHttpHeaders = {}, signal?: AbortSignal): Promise<RawUpgrade> {
  const result = Promise.withResolvers<RawUpgrade>();
  const request = httpRequest(url.replace("ws:", "http:"), {
    headers: { ...HANDSHAKE, ...headers },
    ...(signal === undefined ? {} : { signal }),
  });
  request.on("upgrade", (response, socket) => result.resolve({ response, socket }));
  request.on("response", (response) => {
    response.resume();
    result.resolve({ response });
  });
  request.on("error", result.reject);
  request.end();
  return result.promise;
}

/** One masked frame. `opcode` 1 is text, 0 a continuation. */
export function clientFrame(payload: string | Buffer, { opcode = 1, fin = true }: { opcode?: number; fin?: boolean } = {}): Buffer {
  const data = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | opcode;
  const mask = Buffer.alloc(4);
  if (data.length < 126) return Buffer.concat([Buffer.from([first, 0x80 | data.length]), mask, data]);
  const length = Buffer.alloc(data.length < 65_536 ? 2 : 8);
  length.writeUIntBE(data.length, Math.max(0, length.length - 6), Math.min(6, length.length));
  return Buffer.concat([Buffer.from([first, 0x80 | (length.length === 2 ? 126 : 127)]), length, mask, data]);
}
