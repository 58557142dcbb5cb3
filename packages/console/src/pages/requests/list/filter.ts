import { REQUEST_STATUSES } from "@streamer/protocol";
import type { RequestRow } from "../../../contract.ts";

const KEY = "streamer.console.requests.filter";

/** What is listed. An empty text filters nothing. */
export interface ListFilter {
  readonly status: string;
  readonly action: string;
  /** A part of the user's id, in any case. */
  readonly user: string;
  /** A part of the id, in any case. */
  readonly text: string;
}

export const NO_FILTER: ListFilter = { status: "", action: "", user: "", text: "" };

export function isFiltering(filter: ListFilter): boolean {
  return Object.values(filter).some((value) => value !== "");
}

/** Whether a row belongs to the list, as the stack would decide it. */
export function matchesFilter(row: RequestRow, { status, action, user, text }: ListFilter): boolean {
  return (
    (status === "" || row.status === status) &&
    (action === "" || row.action === action) &&
    row.userId.toLowerCase().includes(user.toLowerCase()) &&
    row.requestId.toLowerCase().includes(text.toLowerCase())
  );
}

/** That of this tab's last visit. */
export function keptFilter(storage: Pick<Storage, "getItem">): ListFilter {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "{}") as Partial<Record<keyof ListFilter, unknown>>;
    const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
    const status = REQUEST_STATUSES.find((one) => one === kept.status) ?? "";
    return { status, action: textOf(kept.action), user: textOf(kept.user), text: textOf(kept.text) };
  } catch {
    return NO_FILTER;
  }
}

export function keepFilter(filter: ListFilter, storage: Pick<Storage, "setItem">): void {
  storage.setItem(KEY, JSON.stringify(filter));
}
