import { MAX_BATCH_ITEMS, MAX_PROGRESS_MESSAGE_CHARS } from "@streamer/protocol";
import type { BatchMessage } from "@streamer/protocol";
import { anything, batchId, count, flag, listOf, optional, percentage, shape, status, text, textUpTo } from "../wire/checks.ts";
import type { Check, Shape } from "../wire/checks.ts";
import { errorBody, isMessage } from "../wire/readMessage.ts";

const itemNumber: Check = (value) => count(value) && (value as number) < MAX_BATCH_ITEMS;
const taken = /* @__PURE__ */ shape({
  n: itemNumber,
  status,
  duplicate: optional(flag),
  attempt: optional(count),
  retry_at: optional(count),
  progress: optional(shape({ percentage, message: textUpTo(MAX_PROGRESS_MESSAGE_CHARS) })),
  outcome: optional((value) => isMessage(value, ["complete", "error", "cancelled"])),
});
const refused = /* @__PURE__ */ shape({ n: itemNumber, error: errorBody });
const batch: Shape<BatchMessage> = {
  type: anything,
  batch_id: batchId,
  reply_to: (value) => value === "submit_batch" || value === "subscribe_batch" || value === "cancel_batch",
  items: listOf((value) => taken(value) || refused(value)),
  next: optional(itemNumber),
  correlation_id: optional(text),
};

/** The messages that only batches use, by type. The protocol's own schemas say the same, and a test holds these against those. */
export const BATCH_CHECKS: Readonly<Record<string, Check>> = { batch: /* @__PURE__ */ shape(batch) };
