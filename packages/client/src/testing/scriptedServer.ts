import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX, encodeServerMessage } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

/** A client's frame as it came: JSON, not validated, so that tests see what was really sent. */
export type ReceivedFrame = Readonly<Record<string, unknown>>;

/** The server's end of one connection, played by a test. */
export interface ScriptedConnection {
  /** What the client offered, the entry with the token included. */
  readonly protocols: readonly string[];
  /** The next frame, as soon as it is there. */
  next(): Promise<ReceivedFrame>;
  /** Frames that have arrived and that `next` has not given yet. */
  readonly unread: readonly ReceivedFrame[];
  send(message: ServerMessage): void;
  /** What the protocol would not write. */
  sendText(text: string): void;
  close(code: number): void;
  /** Breaks the socket without a closing handshake. */
  drop(): void;
  /** The close code, when the connection has ended. Every frame has arrived by then. */
  readonly closed: Promise<number>;
}

/** A WebSocket server that says only what a test tells it to. */
export interface ScriptedServer {
  readonly url: string;
  /** The subprotocols of every upgrade that was asked for, refused ones too. */
  readonly upgrades: readonly (readonly string[])[];
  /** Answers the next upgrades with an HTTP status. */
  refuse(count: number, httpStatus: number): void;
  /** Answers every upgrade that offers this token with 401. */
  refuseToken(token: string): void;
  /** Leaves the next upgrade without an answer. */
  ignoreNext(): void;
  /** The next connection, as soon as it is open. */
  accept(): Promise<ScriptedConnection>;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  const connections = createQueue<ScriptedConnection>();
  const upgrades: string[][] = [];
  const unanswered: Duplex[] = [];
  const refusals: number[] = [];
  const refusedTokens = new Set<string>();
  let ignoring = false;

  http.on("upgrade", (request, socket, head) => {
    const protocols = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((entry) => entry.trim());
    upgrades.push(protocols);
    const httpStatus = refusedTokens.has(protocols[1] ?? "") ? 401 : refusals.shift();
    if (httpStatus !== undefined) socket.end(`HTTP/1.1 ${httpStatus} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else if (ignoring) {
      ignoring = false;
      unanswered.push(socket);
    } else sockets.handleUpgrade(request, socket, head, (webSocket) => connections.push(scriptedConnection(webSocket, protocols)));
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;

  return {
    url: `ws://127.0.0.1:${port}`,
    upgrades,
    refuse: (count, httpStatus) => void refusals.push(...Array.from({ length: count }, () => httpStatus)),
    refuseToken: (token) => void refusedTokens.add(TOKEN_SUBPROTOCOL_PREFIX + token),
    ignoreNext: () => void (ignoring = true),
    accept: () => connections.next(),
    async close() {
      for (const socket of unanswered) socket.destroy();
      for (const webSocket of sockets.clients) webSocket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function scriptedConnection(webSocket: WebSocket, protocols: readonly string[]): ScriptedConnection {
  const frames = createQueue<ReceivedFrame>();
  webSocket.on("message", (data) => frames.push(JSON.parse((data as Buffer).toString()) as ReceivedFrame));
  return {
    protocols,
    next: () => frames.next(),
    unread: frames.waiting,
    send: (message) => webSocket.send(encodeServerMessage(message)),
    sendText: (text) => webSocket.send(text),
    close: (code) => webSocket.close(code),
    drop: () => webSocket.terminate(),
    closed: new Promise((resolve) => void webSocket.on("close", resolve)),
  };
}

interface Queue<Item> {
  readonly waiting: readonly Item[];
  push(item: Item): void;
  next(): Promise<Item>;
}

function createQueue<Item>(): Queue<Item> {
  const waiting: Item[] = [];
  const takers: ((item: Item) => void)[] = [];
  return {
    waiting,
    push(item) {
      const take = takers.shift();
      if (take === undefined) waiting.push(item);
      else take(item);
    },
    next() {
      const item = waiting.shift();
      return item === undefined ? new Promise((resolve) => void takers.push(resolve)) : Promise.resolve(item);
    },
  };
}
