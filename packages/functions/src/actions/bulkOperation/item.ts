import { byteLength } from "@streamer/protocol";
import * as v from "valibot";
import { ITEM_ID_PATTERN, MAX_ITEM_BYTES } from "./limits.ts";

/** One item as a client sends it. `data` is what is put; a deletion needs none. */
export interface BulkItem {
  readonly id: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Why an item was not written. */
export type ItemFailureCode = "INVALID_ITEM" | "ITEM_TOO_LARGE" | "DUPLICATE_ID" | "NOT_WRITTEN";

export const FAILURE_MESSAGES: Readonly<Record<ItemFailureCode, string>> = {
  INVALID_ITEM: "The item must be { id, data }: an id of 1 to 64 characters of A-Z a-z 0-9 _ . -, and, to be put, data that is an object.",
  ITEM_TOO_LARGE: `The data of the item has over ${MAX_ITEM_BYTES} bytes as JSON.`,
  DUPLICATE_ID: "An item before it in this request has the same id. Only the first was written.",
  NOT_WRITTEN: "The table did not take the item, however often it was sent. Send it again.",
};

/** An item that can be written, and its place in the request. */
export interface WritableItem {
  readonly index: number;
  readonly id: string;
  /** JSON text; empty for a deletion. */
  readonly data: string;
}

export interface ItemFailure {
  readonly index: number;
  /** Absent when there was none to be read. */
  readonly id?: string;
  readonly code: ItemFailureCode;
}

const withId = v.object({ id: v.pipe(v.string(), v.regex(ITEM_ID_PATTERN)) });
const withData = v.object({ data: v.custom<object>((data) => typeof data === "object" && data !== null && !Array.isArray(data)) });

/** Which items can be written and which cannot, each for itself: one bad item costs no other. Says the same of the same items every time. */
export function sortOut(operation: "put" | "delete", items: readonly unknown[]): { writable: WritableItem[]; failures: ItemFailure[] } {
  const writable: WritableItem[] = [];
  const failures: ItemFailure[] = [];
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (!v.is(withId, item)) {
      failures.push({ index, code: "INVALID_ITEM" });
      continue;
    }
    const { id } = item;
    const data = operation === "delete" ? "" : v.is(withData, item) ? JSON.stringify(item.data) : undefined;
    const code =
      data === undefined
        ? "INVALID_ITEM"
        : byteLength(data) > MAX_ITEM_BYTES
          ? "ITEM_TOO_LARGE"
          : seen.has(id)
            ? "DUPLICATE_ID"
            : undefined;
    if (data === undefined || code !== undefined) failures.push({ index, id, code: code ?? "INVALID_ITEM" });
    else {
      seen.add(id);
      writable.push({ index, id, data });
    }
  }
  return { writable, failures };
}
