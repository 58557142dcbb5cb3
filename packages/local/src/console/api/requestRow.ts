import { isTerminal } from "@streamer/protocol";
import type { UpdateMessage } from "@streamer/protocol";
import { createRequestStore, createUpdateStore } from "@streamer/server";
import type { RequestRef, StoredRequest, UpdateStore } from "@streamer/server";
import type { RequestRow, UpdateView } from "../contract.ts";
import type { ConsoleParts } from "./consoleParts.ts";

/** Of one request that runs: more than a worker stores between two saves of its progress. */
const MAX_UNSAVED_UPDATES = 200;
const PAGE_UPDATES = 500;

/** A request as a row of a list. What is absent is not known, or not the case. */
export function toRow(request: StoredRequest): RequestRow {
  const { tenantId, requestId, userId, action, status, attempt, createdAt } = request;
  return withoutAbsent({
    tenantId,
    requestId,
    userId,
    action,
    status,
    attempt,
    createdAt,
    startedAt: request.startedAt,
    endedAt: request.endedAt,
    retryAt: request.retryAt,
    percentage: status === "completed" ? 100 : request.lastProgress,
    message: request.lastMessage,
    errorCode: request.error?.code,
  });
}

/** The same, with the newest progress of one that runs: a worker saves it every ten seconds, and stores updates as they come. */
export async function toLiveRow(request: StoredRequest, updates: Pick<UpdateStore, "listAfter">): Promise<RequestRow> {
  const row = toRow(request);
  if (isTerminal(request.status) || request.status === "pending") return row;
  const unsaved = await updates.listAfter(request, request.lastSequence ?? 0, MAX_UNSAVED_UPDATES);
  const last = unsaved.findLast((update) => update.type === "progress");
  return last === undefined ? row : { ...row, percentage: last.percentage, message: last.message };
}

/** Reads one request as a row. `undefined`: there is none. */
export function rowReader({ table, clock }: Pick<ConsoleParts, "table" | "clock">): (ref: RequestRef) => Promise<RequestRow | undefined> {
  const requests = createRequestStore(table, clock);
  const updates = createUpdateStore(table);
  return async (ref) => {
    const request = await requests.getConsistent(ref);
    return request && toLiveRow(request, updates);
  };
}

/** The newest updates of a request, in their order, and at most so many. */
export async function newestUpdates(
  request: StoredRequest,
  updates: Pick<UpdateStore, "listAfter">,
  limit: number,
): Promise<readonly UpdateView[]> {
  const found: UpdateMessage[] = [];
  let after = 0;
  for (;;) {
    const page = await updates.listAfter(request, after, PAGE_UPDATES);
    const last = page.at(-1);
    if (last === undefined) return found.map(toUpdateView);
    found.push(...page);
    if (found.length > limit) found.splice(0, found.length - limit);
    after = last.sequence;
  }
}

function toUpdateView(update: UpdateMessage): UpdateView {
  const { sequence, attempt } = update;
  if (update.type === "chunk") return { sequence, attempt, kind: "chunk", data: update.data };
  const { percentage, message, metadata, timestamp } = update;
  return withoutAbsent({ sequence, attempt, kind: "progress" as const, percentage, message, metadata, at: timestamp * 1000 });
}

/** Without what is `undefined`, which JSON has no word for and the contract leaves out. */
export function withoutAbsent<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };
}
