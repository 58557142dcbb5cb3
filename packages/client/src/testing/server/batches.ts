import {
  InternalError,
  InvalidMessageError,
  MAX_BATCH_ITEMS,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
  ValidationError,
  byteLength,
  isAsync,
  toStreamerError,
} from "@streamer/protocol";
import type { Action, BatchItem, BatchMessage, ClientMessage, RequestMessage, ServerMessage } from "@streamer/protocol";
import type { RequestRecord } from "./requestRecord.ts";
import type { ServerConnection } from "./testConnection.ts";

type Message<Type> = Extract<ClientMessage, { type: Type }>;

/** What a page leaves for the message around the items. */
const ENVELOPE_BYTES = 512;

/**
 * Submits each item as a request of its own, and answers when all of them are answered.
 *
 * @param submit the way of a single request: it gives its answer to the callback, or rejects.
 */
export async function submitBatch(
  message: Message<"submit_batch">,
  definition: Action | undefined,
  submit: (id: string, request: RequestMessage, answer: (message: ServerMessage) => void) => Promise<void>,
): Promise<BatchMessage> {
  const { action, batch_id, first, payloads, metadata, correlation_id, traceparent } = message;
  const tracing = { ...(correlation_id && { correlation_id }), ...(traceparent && { traceparent }) };
  if (definition !== undefined && !isAsync(definition)) {
    throw new InvalidMessageError({ details: { reason: `"${action}" is answered at once and takes no batches` } });
  }
  const items = itemNumbers(first, payloads.length).map(async (n, index) => {
    const answered = Promise.withResolvers<BatchItem>();
    const id = `${batch_id}.${n}`;
    const request = { type: "request", id, action, payload: payloads[index], ...(metadata && { metadata }), ...tracing } as const;
    const refuse = (thrown: unknown): void => answered.resolve({ n, error: toStreamerError(thrown).toBody() });
    await submit(id, request, (answer) => answered.resolve(toItem(n, answer))).catch(refuse);
    return answered.promise;
  });
  const page = batchPage(message, await Promise.all(items), MAX_MESSAGE_BYTES);
  return correlation_id === undefined ? page : { ...page, correlation_id };
}

/** Watches the items and tells how each stands. */
export function subscribeBatch(
  message: Message<"subscribe_batch">,
  connection: ServerConnection,
  find: (id: string) => RequestRecord,
): BatchMessage {
  const items = eachItem(message, (n, id) => {
    const request = find(id);
    request.watch(connection);
    const { status, attempt, retryAt, log } = request;
    const outcome = request.outcome();
    if (outcome !== undefined) return { n, status, attempt, outcome };
    const progress = log.newest && { percentage: log.newest.percentage, message: log.newest.message };
    return { n, status, attempt, ...(retryAt === undefined ? {} : { retry_at: retryAt }), ...(progress && { progress }) };
  });
  return batchPage(message, items, MAX_FRAME_BYTES);
}

export function cancelBatch(
  message: Message<"cancel_batch">,
  connection: ServerConnection,
  find: (id: string) => RequestRecord,
): BatchMessage {
  const items = eachItem(message, (n, id) => {
    const request = find(id);
    const answer = request.cancelBy(connection, message.reason);
    return answer.type === "status"
      ? { n, status: answer.status, attempt: answer.attempt }
      : { n, status: request.status, outcome: answer };
  });
  return batchPage(message, items, MAX_MESSAGE_BYTES);
}

function eachItem(
  { batch_id, first, count }: Message<"subscribe_batch"> | Message<"cancel_batch">,
  answer: (n: number, id: string) => BatchItem,
): readonly BatchItem[] {
  return itemNumbers(first, count).map((n) => {
    try {
      return answer(n, `${batch_id}.${n}`);
    } catch (thrown) {
      return { n, error: toStreamerError(thrown).toBody() };
    }
  });
}

function itemNumbers(first: number, count: number): readonly number[] {
  if (first + count > MAX_BATCH_ITEMS) {
    const message = `must leave ${count} items of a batch of ${MAX_BATCH_ITEMS}: the last would be number ${first + count - 1}`;
    throw new ValidationError({ details: { issues: [{ path: "first", message }] } });
  }
  return Array.from({ length: count }, (_, index) => first + index);
}

/** A batch takes long actions only: what does not acknowledge an item refuses it. */
function toItem(n: number, answer: ServerMessage): BatchItem {
  if (answer.type === "acknowledgment") return { n, status: answer.status, ...(answer.duplicate && { duplicate: true }) };
  return { n, error: answer.type === "error" ? answer.error : new InternalError().toBody() };
}

/** As many items as fit, at least one. */
function batchPage(
  message: { readonly type: BatchMessage["reply_to"]; readonly batch_id: string },
  items: readonly BatchItem[],
  limitBytes: number,
): BatchMessage {
  let sizeBytes = ENVELOPE_BYTES;
  const end = items.findIndex((item, index) => {
    sizeBytes += byteLength(JSON.stringify(item)) + 1;
    return index > 0 && sizeBytes > limitBytes;
  });
  const next = items[end]?.n;
  const page = next === undefined ? items : items.slice(0, end);
  return { type: "batch", batch_id: message.batch_id, reply_to: message.type, items: [...page], ...(next === undefined ? {} : { next }) };
}
