import { InvalidMessageError, isAsync } from "@streamer/protocol";
import type { Action, BatchItem, ServerMessage, SubmitBatchMessage } from "@streamer/protocol";
import type { Routed, RoutedRequest } from "../routed.ts";
import { answerItems, itemId, itemNumbers } from "./batchItems.ts";
import type { BatchDeps } from "./batchItems.ts";
import { batchReply } from "./batchPage.ts";

export interface SubmitBatchDeps extends BatchDeps {
  /** The way of a single request behind the router's guards. */
  readonly submit: (request: RoutedRequest) => Promise<ServerMessage>;
}

/**
 * Makes a request `<batch>.<n>` of each payload, and answers each as if it had come alone. Nothing is stored of the batch itself: the same
 * message again finds what is stored, and stores the rest.
 *
 * @throws {ValidationError} when the items go beyond a batch: nothing is stored.
 */
export async function submitBatch(
  { message, action, connection, correlationId, traceparent, logger }: Routed<SubmitBatchMessage> & { readonly action: Action },
  deps: SubmitBatchDeps,
): Promise<ServerMessage> {
  const { batch_id: batchId, first, payloads, metadata } = message;
  const answer = async (n: number): Promise<BatchItem> => {
    const requestId = itemId(batchId, n);
    const itemLogger = logger.createChild();
    itemLogger.appendKeys({ request_id: requestId });
    const request = {
      type: "request",
      id: requestId,
      action: action.name,
      payload: payloads[n - first],
      ...(metadata === undefined ? {} : { metadata }),
    } as const;
    return toItem(
      n,
      await deps.submit({ message: request, action, requestId, connection, correlationId, traceparent, logger: itemLogger }),
    );
  };
  const items = await answerItems(itemNumbers(first, payloads.length), answer, logger, deps);
  return batchReply(batchId, "submit_batch", items);
}

/** @throws {InvalidMessageError} for a short action: its answers are results, and a batch has room for none. */
export function assertTakesBatches(action: Action, asyncThresholdMs: number): void {
  if (isAsync(action, asyncThresholdMs)) return;
  throw new InvalidMessageError({
    details: { reason: `"${action.name}" is answered at once and takes no batches: send its requests one by one` },
  });
}

/** What the app's middleware answers in the request's place is taken, as far as an item can say it. */
function toItem(n: number, reply: ServerMessage): BatchItem {
  if (reply.type === "acknowledgment")
    return { n, status: reply.status, ...(reply.duplicate === undefined ? {} : { duplicate: reply.duplicate }) };
  if (reply.type === "error" || (reply.type === "response" && !reply.success)) return { n, error: reply.error };
  throw new TypeError(
    `A middleware answered an item of a batch by "${reply.type}". Answer by an acknowledgment or an error, or call next().`,
  );
}
