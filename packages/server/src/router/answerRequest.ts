import { byteLength, MAX_MESSAGE_BYTES, parse, parseOutput, ResultTooLargeError, TimeoutError, toStreamerError } from "@streamer/protocol";
import type { Action, Clock, ServerMessage } from "@streamer/protocol";
import type { Handler } from "./handlers.ts";
import type { RoutedRequest } from "./routed.ts";

const ENVELOPE_BYTES = 256;

/** Answers a synchronous request: runs its handler within the action's timeout and gives the `response`. */
export async function answerRequest(request: RoutedRequest, handler: Handler<Action>, clock: Clock): Promise<ServerMessage> {
  const { action, message, connection, requestId, logger } = request;
  const input = await parse(action.input, message.payload);
  const abort = new AbortController();
  let onTimeout: (() => void) | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    onTimeout = () => {
      abort.abort(new TimeoutError());
      reject(new TimeoutError());
    };
  });
  const timer = clock.after(action.timeoutMs, () => onTimeout?.());
  try {
    const work = async (): Promise<unknown> => {
      const output = await handler({
        input,
        requestId,
        tenantId: connection.tenantId,
        userId: connection.userId,
        permissions: connection.permissions,
        metadata: message.metadata ?? {},
        signal: abort.signal,
        logger,
      });
      return parseOutput(action, output);
    };
    // JSON has no undefined, and a response without data would not be readable.
    const data = (await Promise.race([work(), timedOut])) ?? null;
    const sizeBytes = byteLength(JSON.stringify(data)) + ENVELOPE_BYTES;
    if (sizeBytes > MAX_MESSAGE_BYTES)
      throw new ResultTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: MAX_MESSAGE_BYTES } });
    return { type: "response", request_id: requestId, success: true, data };
  } catch (thrown) {
    const error = toStreamerError(thrown, "PROCESSING_FAILED");
    logger.error("A handler failed.", { code: error.code, error: thrown as Error });
    return { type: "response", request_id: requestId, success: false, error: error.toBody() };
  } finally {
    timer.cancel();
  }
}
