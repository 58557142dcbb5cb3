import { WebSocket } from "ws";

/** A frame as it came, before anyone has looked at it. */
export type Frame = Record<string, unknown>;

/** A plain WebSocket client that knows nothing of Streamer: what wscat or another language would be. */
export interface WireClient {
  readonly frames: readonly Frame[];
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  send(frame: object | string): void;
  /** The first frame, already here or yet to come, that fits. Rejects when the socket closes before, or after 20 seconds. */
  waitFor(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** All frames about a request, up to its terminal message. */
  untilEnd(requestId: string): Promise<readonly Frame[]>;
  readonly closed: Promise<{ readonly code: number }>;
  close(): Promise<void>;
  /** Breaks the socket, without a word to the server. */
  drop(): void;
}

const WAIT_MS = 20_000;
const TERMINAL = new Set(["complete", "cancelled"]);

export function isTerminal(frame: Frame): boolean {
  return TERMINAL.has(String(frame["type"])) || (frame["type"] === "error" && frame["final"] === true);
}

export interface WireOptions {
  /** By query parameter, as simple clients do; or `subprotocol`, as ours do. Default "query". */
  readonly by?: "query" | "subprotocol";
}

/** Resolves when the connection is open. @throws an Error with `status` when the upgrade was refused. */
export async function connectWire(url: string, token: string | undefined, { by = "query" }: WireOptions = {}): Promise<WireClient> {
  const address = token !== undefined && by === "query" ? `${url}?Authorization=${token}` : url;
  const protocols = token !== undefined && by === "subprotocol" ? ["streamer.v1", `streamer.jwt.${token}`] : [];
  const socket = new WebSocket(address, protocols);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const closed = new Promise<{ code: number }>((resolve) => {
    socket.on("close", (code) => {
      resolve({ code });
      wake();
    });
  });
  socket.on("message", (data: Buffer) => {
    frames.push(JSON.parse(data.toString("utf8")) as Frame);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("unexpected-response", (_, response) => {
      socket.on("error", () => {});
      socket.terminate();
      reject(new UpgradeRefused(response.statusCode ?? 0));
    });
    socket.once("error", reject);
  });
  socket.on("error", () => {});

  const waitFor = (fits: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve, reject) => {
      const settle = (run: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        run();
      };
      const look = (): void => {
        const frame = frames.find(fits);
        if (frame !== undefined) settle(() => resolve(frame));
        else if (socket.readyState === WebSocket.CLOSED)
          settle(() => reject(new Error("The socket closed before the awaited frame came.")));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`No such frame in ${WAIT_MS} ms. Came: ${JSON.stringify(frames)}`))),
        WAIT_MS,
      );
      waiting.add(look);
      look();
    });

  return {
    frames,
    protocol: socket.protocol,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    waitFor,
    async untilEnd(requestId) {
      await waitFor((frame) => frame["request_id"] === requestId && isTerminal(frame));
      return frames.filter((frame) => frame["request_id"] === requestId);
    },
    closed,
    async close() {
      socket.close();
      await closed;
    },
    drop: () => socket.terminate(),
  };
}

export class UpgradeRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The upgrade was refused with ${status}.`);
    this.status = status;
  }
}
