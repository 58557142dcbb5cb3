import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SUBPROTOCOL } from "@streamer/protocol";
import { onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import type { Frame } from "../../support/wireClient.ts";

export interface PlayedServer {
  readonly url: string;
  /** What came, in order. */
  readonly frames: readonly Frame[];
}

/** A server of another version: answers each frame with what the test says, as text, so that nothing of this version checks it. */
export async function startPlayedServer(answer: (frame: Frame) => readonly (object | string)[]): Promise<PlayedServer> {
  const frames: Frame[] = [];
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => SUBPROTOCOL });
  sockets.on("connection", (socket) => {
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString("utf8")) as Frame;
      frames.push(frame);
      for (const reply of answer(frame)) socket.send(typeof reply === "string" ? reply : JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    await new Promise((resolve) => http.close(resolve));
  });
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`, frames };
}
