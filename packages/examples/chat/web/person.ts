import type { Person } from "../../shared/web/access.ts";

export const ROOMS = ["lobby", "design", "lunch"] as const;

/** Who this tab is, as its address says: so that two tabs of one browser can be two people. */
export function personOf(search: string): Person | undefined {
  const query = new URLSearchParams(search);
  const user = query.get("user");
  return user === null || user === "" ? undefined : { user, tenant: query.get("team") ?? "acme" };
}

export function roomOf(hash: string): string {
  const named = hash.slice(1);
  return ROOMS.find((room) => room === named) ?? ROOMS[0];
}
