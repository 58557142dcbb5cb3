import type { AnyStreamerError, HandleStatus } from "@streamer/client";
import { printable } from "../columns.ts";
import { durationInWords } from "../durationInWords.ts";
import { OPEN } from "./story.ts";
import type { Story } from "./story.ts";

const STATUSES: Readonly<Record<HandleStatus, string>> = {
  submitting: "Submitting",
  queued: "Queued",
  running: "Running",
  retrying: "Waiting to try again",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** What stands behind `Status:`. */
export function statusOf({ handle, message, end, durationMs }: Story): string {
  if (end !== undefined) {
    const took = durationMs === undefined ? "" : ` in ${durationInWords(durationMs)}`;
    if ("result" in end) return `Completed${took}`;
    return end.error.code === "CANCELLED" ? "Cancelled" : `Failed: ${end.error.code}`;
  }
  const { status, stale, attempt, retryAt } = handle;
  const again = status === "retrying" && retryAt !== undefined ? `${STATUSES.retrying}, at ${retryAt.toISOString().slice(11, 19)} UTC` : "";
  // Updates of a request that has ended are still being shown.
  const atWork = status === "running" || !OPEN.has(status);
  const said = again !== "" ? again : atWork && message !== "" ? message : STATUSES[status];
  const nth = attempt > 1 && status === "running" ? ` (attempt ${attempt})` : "";
  return `${said}${nth}${stale && status !== "submitting" ? " (reconnecting …)" : ""}`;
}

/** An error in sentences: its code, what it says, and each place of the payload that is wrong. */
export function errorInWords(error: AnyStreamerError): string {
  const { issues, ...details } = error.details ?? {};
  const places = Array.isArray(issues) ? issues.map((issue) => `\n  ${placeInWords(issue)}`).join("") : "";
  const rest = Object.keys(details).length === 0 ? "" : `\n  ${printable(JSON.stringify(details))}`;
  return `${error.code}: ${error.message}${places}${rest}`;
}

function placeInWords(issue: unknown): string {
  const { path = "", message = "" } = (issue ?? {}) as { readonly path?: unknown; readonly message?: unknown };
  return printable([String(path), String(message)].filter((part) => part !== "").join(": "));
}
