import { WebSocket } from "ws";

export type Frame = Readonly<Record<string, unknown>>;

/** A WebSocket to the system, as a client's, that tells what a client does not: how an upgrade was refused. */
export interface Probe {
  /** Sends a request, and resolves to the first frame about it that `isLast` takes. @throws when the socket closes before, or at the signal. */
  ask(request: ProbeRequest, isLast: (frame: Frame) => boolean, signal: AbortSignal, onFrame?: (frame: Frame) => void): Promise<Frame>;
  send(frame: Frame): void;
  close(): Promise<void>;
}

export interface ProbeRequest {
  readonly id: string;
  readonly action: string;
  readonly payload: unknown;
}

/** The upgrade was answered, and not by a connection. */
export class UpgradeRefusedError extends Error {
  override readonly name = "UpgradeRefusedError";
  readonly status: number;

  constructor(status: number) {
    super(`the upgrade was refused with ${status}`);
    this.status = status;
  }
}

/** How long the other side may take to close. */
const CLOSE_TIMEOUT_MS = 1_000;

/** The token goes by the subprotocol: in a URL it would stand in access logs. @throws {UpgradeRefusedError} and what the network throws. */
export async function openProbe(url: string, token: string, signal: AbortSignal): Promise<Probe> {
  const socket = new WebSocket(url, ["streamer.v1", `streamer.jwt.${token}`]);
  const listeners = new Set<(frame: Frame) => void>();
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("message", (data: Buffer) => {
    const frame = parse(data.toString("utf8"));
    if (frame !== undefined) for (const listen of listeners) listen(frame);
  });
  const giveUp = (): void => socket.terminate();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("unexpected-response", (_, response) => {
        reject(new UpgradeRefusedError(response.statusCode ?? 0));
        response.destroy();
      });
      // Stays: a socket that breaks later says so by its close.
      socket.on("error", reject);
    });
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }

  return {
    async ask(request, isLast, askSignal, onFrame) {
      const { promise, resolve, reject } = Promise.withResolvers<Frame>();
      const listen = (frame: Frame): void => {
        // A frame of the gateway's own tells that the router did not answer, and has another id.
        const ofGateway = frame["type"] === undefined && typeof frame["message"] === "string";
        if (frame["request_id"] !== request.id && !ofGateway) return;
        onFrame?.(frame);
        if (ofGateway || isLast(frame)) resolve(frame);
      };
      const abort = (): void => reject(askSignal.reason as Error);
      listeners.add(listen);
      askSignal.addEventListener("abort", abort, { once: true });
      void closed.then((code) => reject(new Error(`the connection was closed with ${code} before the answer came`)));
      try {
        socket.send(JSON.stringify(request));
        return await promise;
      } finally {
        listeners.delete(listen);
        askSignal.removeEventListener("abort", abort);
      }
    },
    send: (frame) => socket.send(JSON.stringify(frame)),
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
      socket.close(1000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function parse(text: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" && frame !== null ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
