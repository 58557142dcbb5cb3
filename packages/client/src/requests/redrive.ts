import { isTerminal } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";

/**
 * Whether a message shows that a request which failed or was cancelled has been started again by an operator. It may be a late message of
 * the run that ended, out of order: so it is a reason to ask the server, and no more.
 *
 * @param lastAttempt the newest attempt that is known; 0 when none is.
 */
export function tellsOfRedrive(message: ServerMessage, lastAttempt: number): boolean {
  switch (message.type) {
    case "progress":
    case "chunk":
      return message.attempt > lastAttempt;
    case "status":
      if (isTerminal(message.status)) return false;
      // The redrive itself is told while the number is still that of the attempt that failed.
      return message.status === "pending" ? message.attempt >= lastAttempt : message.attempt > lastAttempt;
    default:
      return false;
  }
}
