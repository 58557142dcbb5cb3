import type { BatchItem, CancelBatchMessage, OutcomeMessage, RequestStatus, ServerMessage } from "@streamer/protocol";
import { cancelRequest } from "../cancelRequest.ts";
import type { CancelDeps } from "../cancelRequest.ts";
import type { Routed } from "../routed.ts";
import { answerItems, itemId, itemNumbers } from "./batchItems.ts";
import type { BatchDeps } from "./batchItems.ts";
import { batchReply } from "./batchPage.ts";

/**
 * Cancels each item as if it were asked alone.
 *
 * @throws {ValidationError} when the items go beyond a batch: nothing is cancelled.
 */
export async function cancelBatch(routed: Routed<CancelBatchMessage>, deps: CancelDeps & BatchDeps): Promise<ServerMessage> {
  const { batch_id: batchId, first, count, reason } = routed.message;
  const answer = async (n: number): Promise<BatchItem> => {
    const message = { type: "cancel", request_id: itemId(batchId, n), ...(reason === undefined ? {} : { reason }) } as const;
    return toItem(n, await cancelRequest({ ...routed, message }, deps));
  };
  const items = await answerItems(itemNumbers(first, count), answer, routed.logger, deps);
  return batchReply(batchId, "cancel_batch", items);
}

const STATUS_OF: Readonly<Record<OutcomeMessage["type"], RequestStatus>> = {
  complete: "completed",
  error: "failed",
  cancelled: "cancelled",
};

function toItem(n: number, answer: Awaited<ReturnType<typeof cancelRequest>>): BatchItem {
  if (answer.type === "status") return { n, status: answer.status, attempt: answer.attempt };
  return { n, status: STATUS_OF[answer.type], outcome: answer };
}
