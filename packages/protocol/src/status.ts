/** The states of a request. Terminal states are final, but for an operator's redrive. */
export const REQUEST_STATUSES = ["pending", "processing", "retrying", "completed", "failed", "cancelled"] as const;
/** Where a request may stand. */
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The ends of a request: none follows another. */
export const TERMINAL_STATUSES = ["completed", "failed", "cancelled"] as const;
/** How a request may end. */
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];
/** Where a request may stand that has not ended. */
export type OpenStatus = Exclude<RequestStatus, TerminalStatus>;

/** Whether a request of this status has ended. */
export function isTerminal(status: RequestStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly RequestStatus[]).includes(status);
}
