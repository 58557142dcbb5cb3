import { WebSocket } from "ws";
import { parseFrame } from "../checker/history.ts";
import type { Frame, Transcript, TranscriptLine } from "../checker/history.ts";

/** Whose socket it is. */
export interface Person {
  readonly tenant: string;
  readonly user: string;
}

export interface RecordedSocket {
  readonly transcript: Transcript;
  readonly open: boolean;
  send(frame: Frame): void;
  /** Closes it, if it is open still. Resolves when it is closed. */
  close(): Promise<void>;
  readonly closed: Promise<void>;
}

export interface RecordedSocketOptions extends Person {
  readonly url: string;
  readonly token: string;
  readonly connection: string;
  readonly audit?: boolean;
  readonly onFrame: (frame: Frame) => void;
}

/** A plain WebSocket that writes down every frame in both directions, as it was on the wire. @throws when it does not open */
export async function openRecordedSocket(options: RecordedSocketOptions): Promise<RecordedSocket> {
  const { url, token, connection, tenant, user, audit = false, onFrame } = options;
  const lines: TranscriptLine[] = [];
  const write = (direction: TranscriptLine["direction"], text: string): void => void lines.push({ at: Date.now(), direction, text });
  const socket = new WebSocket(url, ["streamer.v1", `streamer.jwt.${token}`]);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", (code) => {
      write("note", `closed with ${code}`);
      resolve();
    });
  });
  socket.on("message", (data: Buffer) => {
    const text = data.toString("utf8");
    write("in", text);
    onFrame(parseFrame(text));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  // A cut socket shows as closed: that is all there is to know of it.
  socket.on("error", () => undefined);
  write("note", "open");
  return {
    transcript: { connection, tenant, user, audit, lines },
    get open() {
      return socket.readyState === WebSocket.OPEN;
    },
    send(frame) {
      const text = JSON.stringify(frame);
      write("out", text);
      socket.send(text);
    },
    async close() {
      socket.close();
      // Half-open sockets get no answer to their goodbye.
      const timer = setTimeout(() => socket.terminate(), 1_000);
      await closed;
      clearTimeout(timer);
    },
    closed,
  };
}
