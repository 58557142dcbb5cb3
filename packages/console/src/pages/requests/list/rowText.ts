import { isTerminal } from "@streamer/protocol";
import type { RequestRow } from "../../../contract.ts";

/** How far it is, 0 to 100. */
export function percentageOf({ status, percentage }: Pick<RequestRow, "status" | "percentage">): number {
  return status === "completed" ? 100 : (percentage ?? 0);
}

/** From its submit to its end, or to now, in ms. */
export function tookMs({ status, createdAt, endedAt }: Pick<RequestRow, "status" | "createdAt" | "endedAt">, now: number): number {
  return Math.max(0, (isTerminal(status) ? (endedAt ?? now) : now) - createdAt);
}
