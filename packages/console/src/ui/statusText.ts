import type { HandleStatus } from "@streamer/client";
import type { RequestStatus } from "@streamer/protocol";
import type { Tone } from "./badge.tsx";

/** Statuses of the table, of the client's handles, and of a batch's items. */
export type AnyStatus = RequestStatus | HandleStatus | "idle" | "rejected";

interface StatusText {
  readonly text: string;
  readonly tone: Tone;
}

const TEXTS: Readonly<Record<AnyStatus, StatusText>> = {
  idle: { text: "Not sent", tone: "neutral" },
  submitting: { text: "Sending", tone: "neutral" },
  pending: { text: "Queued", tone: "neutral" },
  queued: { text: "Queued", tone: "neutral" },
  processing: { text: "Running", tone: "accent" },
  running: { text: "Running", tone: "accent" },
  retrying: { text: "Retrying", tone: "warn" },
  completed: { text: "Completed", tone: "good" },
  failed: { text: "Failed", tone: "bad" },
  rejected: { text: "Rejected", tone: "bad" },
  cancelled: { text: "Cancelled", tone: "neutral" },
};

export function statusText(status: AnyStatus): StatusText {
  return TEXTS[status];
}
