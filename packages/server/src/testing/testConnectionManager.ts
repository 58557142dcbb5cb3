import type { ServerMessage } from "@streamer/protocol";
import type { ConnectionManager, SendResult } from "../connection/connectionManager.ts";
import { ConnectionManagerClosedError, ConnectionStaleError, SendFailedError } from "../connection/errors.ts";
import type { SendFailure } from "../connection/errors.ts";
import { withoutCorrelation } from "./withoutCorrelation.ts";

/** A message that a connection was sent, and what became of it. */
export interface RecordedSend {
  readonly connectionId: string;
  readonly message: ServerMessage;
  readonly status: SendResult["status"];
}

/** A connection manager for tests of code that sends: nothing leaves the process. */
export interface TestConnectionManager extends ConnectionManager {
  /** Every send, in order, broadcasts by connection. */
  readonly sends: readonly RecordedSend[];
  /** What reached a connection, in order, without correlation ids: those are in `sends`. */
  received(connectionId: string): readonly ServerMessage[];
  /** Connections that were closed by `disconnect`; they are gone from then on. */
  readonly disconnected: readonly string[];
  /** From now on the connection is gone. */
  setGone(connectionId: string): void;
  /** From now on sends to the connection fail like this. */
  setFailing(connectionId: string, kind: SendFailure): void;
  /** From now on the connection is open, as all are at first. */
  setOpen(connectionId: string): void;
}

/** A connection manager whose connections are all open until it is told otherwise. */
export function createTestConnectionManager(): TestConnectionManager {
  const sends: RecordedSend[] = [];
  const disconnected: string[] = [];
  const troubles = new Map<string, SendFailure | "gone">();
  let closed = false;

  const checkOpen = (): void => {
    if (closed) throw new ConnectionManagerClosedError();
  };
  const failureOf = (connectionId: string): SendFailedError | undefined => {
    const trouble = troubles.get(connectionId);
    return trouble === undefined || trouble === "gone" ? undefined : new SendFailedError(connectionId, trouble);
  };
  const resultFor = (connectionId: string): SendResult => {
    const error = failureOf(connectionId);
    if (error !== undefined) return { status: "failed", error };
    if (troubles.has(connectionId)) return { status: "gone", error: new ConnectionStaleError(connectionId) };
    return { status: "sent" };
  };
  const sendTo = (connectionId: string, message: ServerMessage): SendResult => {
    const result = resultFor(connectionId);
    sends.push({ connectionId, message, status: result.status });
    return result;
  };

  return {
    sends,
    disconnected,
    breakerState: "closed",
    received: (connectionId) =>
      sends.filter((send) => send.connectionId === connectionId && send.status === "sent").map((send) => withoutCorrelation(send.message)),
    setGone: (connectionId) => void troubles.set(connectionId, "gone"),
    setFailing: (connectionId, kind) => void troubles.set(connectionId, kind),
    setOpen: (connectionId) => void troubles.delete(connectionId),

    async send(connectionId, message) {
      checkOpen();
      return sendTo(connectionId, message);
    },
    async broadcast(connectionIds, message) {
      checkOpen();
      return new Map([...new Set(connectionIds)].map((id) => [id, sendTo(id, message)]));
    },
    async isActive(connectionId) {
      checkOpen();
      const error = failureOf(connectionId);
      if (error !== undefined) throw error;
      return !troubles.has(connectionId);
    },
    async disconnect(connectionId) {
      checkOpen();
      const error = failureOf(connectionId);
      if (error !== undefined) throw error;
      disconnected.push(connectionId);
      troubles.set(connectionId, "gone");
    },
    drain: async () => 0,
    async close() {
      closed = true;
      return 0;
    },
  };
}
