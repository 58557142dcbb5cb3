import { rowKey } from "../../../api/liveStore.ts";
import type { Page, RequestRow } from "../../../contract.ts";

/** What is listed, and what has come meanwhile but would move rows under the pointer. */
export interface RowList {
  /** Newest first. */
  readonly rows: readonly RequestRow[];
  /** New ones that are not shown yet, newest first. */
  readonly waiting: readonly RequestRow[];
  /** Where the next page begins; absent at the end. */
  readonly cursor: string | undefined;
  /** Keys of rows that came after the list was fetched: they slide in. */
  readonly fresh: ReadonlySet<string>;
}

export interface Changes {
  readonly rows: Iterable<RequestRow>;
  readonly matches: (row: RequestRow) => boolean;
  /** Whether new rows may be put in at once. */
  readonly follow: boolean;
}

const NOTHING_FRESH: ReadonlySet<string> = new Set();
export const NO_ROWS: RowList = { rows: [], waiting: [], cursor: undefined, fresh: NOTHING_FRESH };

export function firstPage({ items, cursor }: Page<RequestRow>): RowList {
  return { rows: newestFirst(items), waiting: [], cursor, fresh: NOTHING_FRESH };
}

/** With the page that follows it. */
export function withOlder(list: RowList, { items, cursor }: Page<RequestRow>): RowList {
  const known = new Set([...list.rows, ...list.waiting].map(rowKey));
  return { ...list, rows: newestFirst([...list.rows, ...items.filter((row) => !known.has(rowKey(row)))]), cursor };
}

/**
 * With what happened since. A row that is listed changes in its place, and stays though it may match no more: rows that vanish are worse than one
 * too many. What is older than the last row comes with its page.
 */
export function withChanges(list: RowList, { rows, matches, follow }: Changes): RowList {
  const changed = new Map(Array.from(rows, (row) => [rowKey(row), row]));
  if (changed.size === 0) return list;
  const known = new Set([...list.rows, ...list.waiting].map(rowKey));
  const oldest = list.cursor === undefined ? undefined : list.rows.at(-1)?.createdAt;
  const added = Array.from(changed).flatMap(([key, row]) =>
    !known.has(key) && matches(row) && (oldest === undefined || row.createdAt >= oldest) ? [row] : [],
  );
  const newest = (row: RequestRow): RequestRow => changed.get(rowKey(row)) ?? row;
  const touched = Array.from(changed.keys()).some((key) => known.has(key));
  if (!touched && added.length === 0) return list;
  const next = {
    ...list,
    rows: touched ? list.rows.map(newest) : list.rows,
    waiting: newestFirst([...(touched ? list.waiting.map(newest) : list.waiting), ...added]),
  };
  return follow ? withWaitingShown(next) : next;
}

/** With those that wait put where they belong. */
export function withWaitingShown(list: RowList): RowList {
  if (list.waiting.length === 0) return list;
  return {
    ...list,
    rows: newestFirst([...list.waiting, ...list.rows]),
    waiting: [],
    fresh: new Set(list.waiting.map(rowKey)),
  };
}

function newestFirst(rows: readonly RequestRow[]): readonly RequestRow[] {
  return rows.toSorted((one, other) => other.createdAt - one.createdAt || (one.requestId < other.requestId ? 1 : -1));
}
