import type { ConnectionView, Page } from "../../../contract.ts";

export interface ConnectionList {
  readonly connections: readonly ConnectionView[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

/** The first pages together, each connection once: while one page is fetched, another may have moved into the next. */
export async function fetchPages(
  fetchPage: (cursor: string | undefined) => Promise<Page<ConnectionView>>,
  pages: number,
): Promise<ConnectionList> {
  const found = new Map<string, ConnectionView>();
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    // Each begins where the one before ended.
    // oxlint-disable-next-line no-await-in-loop
    const { items, cursor: next } = await fetchPage(cursor);
    for (const connection of items) found.set(connection.connectionId, connection);
    cursor = next;
    if (cursor === undefined) break;
  }
  return { connections: [...found.values()], more: cursor !== undefined };
}

/** Those whose user, tenant, id, topics or requests have the text in them; open ones first, the newest on top. */
export function matching(connections: readonly ConnectionView[], text: string): readonly ConnectionView[] {
  const wanted = text.trim().toLowerCase();
  return connections
    .filter(({ userId, tenantId, connectionId, topics, requests }) =>
      [userId, tenantId, connectionId, ...topics, ...requests].some((value) => value.toLowerCase().includes(wanted)),
    )
    .toSorted((one, other) => Number(other.open) - Number(one.open) || other.connectedAt - one.connectedAt);
}

/** `3 open`, `3 open, 1 leftover`. */
export function summaryOf({ connections, more }: ConnectionList): string {
  const open = connections.filter((connection) => connection.open).length;
  const leftovers = connections.length - open;
  const of = more ? ` of the first ${connections.length}` : "";
  return `${open} open${leftovers === 0 ? "" : `, ${leftovers} ${leftovers === 1 ? "leftover" : "leftovers"}`}${of}`;
}
