import { decodeServerMessage } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { ManagementApi } from "../connection/managementApi.ts";

/** A call as API Gateway would have got it. */
export interface ManagementCall {
  readonly operation: "post" | "get" | "disconnect";
  readonly connectionId: string;
  readonly data: string | undefined;
}

/** @connections without a network: remembers what was sent, and answers as it is told to. */
export interface FakeManagementApi extends ManagementApi {
  /** Every call, also those that failed. */
  readonly calls: readonly ManagementCall[];
  /** The messages that reached a connection, in order. */
  received(connectionId: string): readonly ServerMessage[];
  /** The next `times` calls for this connection are answered by this status; a function is run instead. Default: all from now on. */
  answer(connectionId: string, answer: number | (() => Promise<void>), times?: number): void;
}

/** What the SDK throws: decided upon by its status. */
export function sdkError(status: number): Error {
  return Object.assign(new Error(`answered ${status}`), { $metadata: { httpStatusCode: status } });
}

/** An API whose connections are all open until it is told otherwise. */
export function createFakeManagementApi(): FakeManagementApi {
  const calls: ManagementCall[] = [];
  const frames: { connectionId: string; data: string }[] = [];
  const answers = new Map<string, { readonly answer: number | (() => Promise<void>); times: number }>();

  const call = async (operation: ManagementCall["operation"], connectionId: string, data?: string): Promise<void> => {
    calls.push({ operation, connectionId, data });
    const told = answers.get(connectionId);
    if (told !== undefined && told.times > 0) {
      told.times -= 1;
      if (typeof told.answer === "number") throw sdkError(told.answer);
      await told.answer();
    }
    if (data !== undefined) frames.push({ connectionId, data });
  };

  return {
    calls,
    post: (connectionId, data) => call("post", connectionId, data),
    get: (connectionId) => call("get", connectionId),
    disconnect: (connectionId) => call("disconnect", connectionId),
    close: () => undefined,
    received: (connectionId) => frames.filter((frame) => frame.connectionId === connectionId).map((frame) => toMessage(frame.data)),
    answer: (connectionId, answer, times = Number.POSITIVE_INFINITY) => void answers.set(connectionId, { answer, times }),
  };
}

function toMessage(data: string): ServerMessage {
  const decoded = decodeServerMessage(data);
  if (!decoded.ok || !("message" in decoded)) throw new Error(`not a message of the protocol: ${data}`);
  return decoded.message;
}
