import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { Served } from "./serve.ts";

/** `ws` as it is, on a free port of this machine. */
export async function startRawServer(answer: (frame: Buffer) => Buffer | string | Promise<Buffer | string>): Promise<Served> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const running = new Set<Promise<void>>();
  server.on("connection", (socket) => {
    const reply = async (frame: Buffer): Promise<void> => {
      const text = await answer(frame);
      socket.send(text, { binary: false });
    };
    socket.on("message", (frame: Buffer) => {
      const replied: Promise<void> = reply(frame).finally(() => running.delete(replied));
      running.add(replied);
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => server.clients.size,
    async stop() {
      for (const socket of server.clients) socket.terminate();
      const closed = once(server, "close");
      server.close();
      await closed;
      await Promise.all(running);
    },
  };
}
