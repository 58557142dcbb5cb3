import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SUBPROTOCOL, encodeServerMessage } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

/** The server's end of one connection, played by a test. */
export interface ScriptedConnection {
  /** The next frame, as soon as it is there. */
  next(): Promise<Readonly<Record<string, unknown>>>;
  /** Frames that have arrived and that `next` has not given yet. */
  readonly unread: readonly Readonly<Record<string, unknown>>[];
  send(message: ServerMessage): void;
  /** Breaks the socket without a closing handshake. */
  drop(): void;
  /** The close code, when the connection has ended. Every frame has arrived by then. */
  readonly closed: Promise<number>;
}

/** A WebSocket server that says only what a test tells it to. */
export interface ScriptedServer {
  readonly url: string;
  /** How many connections were asked for, refused ones too. */
  readonly upgrades: number;
  /** Answers the next upgrades with 503. */
  refuse(count: number): void;
  /** The next connection, as soon as it is open. */
  accept(): Promise<ScriptedConnection>;
}

/** Closed when the test has finished. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  const connections = createQueue<ScriptedConnection>();
  let upgrades = 0;
  let refusals = 0;
  http.on("upgrade", (request, socket, head) => {
    upgrades += 1;
    if (refusals > 0) {
      refusals -= 1;
      socket.end("HTTP/1.1 503 Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    } else sockets.handleUpgrade(request, socket, head, (webSocket) => connections.push(scriptedConnection(webSocket)));
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const webSocket of sockets.clients) webSocket.terminate();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get upgrades() {
      return upgrades;
    },
    refuse: (count) => void (refusals += count),
    accept: () => connections.next(),
  };
}

function scriptedConnection(webSocket: WebSocket): ScriptedConnection {
  const frames = createQueue<Readonly<Record<string, unknown>>>();
  webSocket.on("message", (data) => frames.push(JSON.parse((data as Buffer).toString()) as Readonly<Record<string, unknown>>));
  return {
    next: () => frames.next(),
    unread: frames.waiting,
    send: (message) => webSocket.send(encodeServerMessage(message)),
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
