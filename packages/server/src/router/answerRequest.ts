import { byteLength, MAX_MESSAGE_BYTES, parse, parseOutput, ResultTooLargeError, TimeoutError, toStreamerError } from "@streamer/protocol";
import type { Action, Clock, ServerMessage } from "@streamer/protocol";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer } from "../observability/tracing/tracer.ts";
import { createPublish } from "../topics/createPublish.ts";
import type { Publisher } from "../topics/publisher.ts";
import type { Handler } from "./handlers.ts";
import type { RoutedRequest } from "./routed.ts";

const ENVELOPE_BYTES = 256;

export interface AnswerRequestDeps {
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/** Answers a synchronous request: runs its handler within the action's timeout and gives the `response`. */
export async function answerRequest(request: RoutedRequest, handler: Handler<Action>, deps: AnswerRequestDeps): Promise<ServerMessage> {
  const { action, message, connection, requestId, logger } = request;
  const { tracer = noTracer } = deps;
  const input = await tracer.segment("validate", () => parse(action.input, message.payload));
  const abort = new AbortController();
  let onTimeout: (() => void) | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    onTimeout = () => {
      abort.abort(new TimeoutError());
      reject(new TimeoutError());
    };
  });
  const { publish, settled } = createPublish({ tenantId: connection.tenantId, correlationId: request.correlationId }, { ...deps, logger });
  const timer = deps.clock.after(action.timeoutMs, () => onTimeout?.());
  try {
    const work = async (): Promise<unknown> => {
      const output = await handler({
        input,
        requestId,
        tenantId: connection.tenantId,
        userId: connection.userId,
        permissions: connection.permissions,
        metadata: message.metadata ?? {},
        correlationId: request.correlationId,
        traceparent: request.traceparent,
        publish,
        signal: abort.signal,
        logger,
      });
      await settled();
      return parseOutput(action, output);
    };
    // JSON has no undefined, and a response without data would not be readable.
    const data = (await tracer.segment(`answer ${action.name}`, () => Promise.race([work(), timedOut]))) ?? null;
    const sizeBytes = byteLength(JSON.stringify(data)) + ENVELOPE_BYTES;
    if (sizeBytes > MAX_MESSAGE_BYTES)
      throw new ResultTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: MAX_MESSAGE_BYTES } });
    return { type: "response", request_id: requestId, success: true, data };
  } catch (thrown) {
    const error = toStreamerError(thrown, "PROCESSING_FAILED");
    request.segment?.fail(error);
    logger.error("A handler failed.", { code: error.code, error: thrown as Error });
    return { type: "response", request_id: requestId, success: false, error: error.toBody() };
  } finally {
    timer.cancel();
  }
}
