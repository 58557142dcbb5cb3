import { once } from "node:events";
import { WebSocket } from "ws";

/** So many handshakes at a time: more only wait in the server's queue. */
const AT_ONCE = 32;

/** A connection that one message at a time goes over. */
export interface Socket {
  /** Sends a text and gives the answer. @throws when the connection ends before, or another is on its way. */
  ask(text: string): Promise<string>;
  close(): Promise<void>;
}

/** @throws when it is refused. */
export async function openSocket(url: string): Promise<Socket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  let waiting: PromiseWithResolvers<string> | undefined;
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      waiting?.reject(new Error("The connection ended before its answer came."));
      resolve();
    });
  });
  socket.on("message", (data: Buffer) => {
    waiting?.resolve(data.toString());
    waiting = undefined;
  });
  await once(socket, "open");
  socket.on("error", () => {});
  return {
    async ask(text) {
      if (waiting !== undefined) throw new Error("A message is on its way already: its answer could not be told from this one's.");
      waiting = Promise.withResolvers<string>();
      socket.send(text);
      return waiting.promise;
    },
    close() {
      socket.close();
      return closed;
    },
  };
}

/** @returns in the order in which they were asked for. */
export function openSockets(url: string, count: number): Promise<readonly Socket[]> {
  return inParallel(count, AT_ONCE, () => openSocket(url));
}

/** Runs it so often, at most `atOnce` at a time. */
export async function inParallel<Result>(
  count: number,
  atOnce: number,
  run: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = Array.from({ length: count });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) results[index] = await run(index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return results;
}
