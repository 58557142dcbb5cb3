import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";
import { extendLife } from "./extendLife.ts";
import { DISPATCH_GRACE_MS, keyOf, openWork } from "./requestTable.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";

type UserVerbs = Pick<RequestStore, "cancel" | "requestCancel" | "redrive">;

/** What a request that starts anew no longer has. Why it failed stays to be read. */
const OF_THE_END = [
  "retry_at",
  "started_at",
  "ended_at",
  "cancel_requested_at",
  "cancel_reason",
  "last_progress",
  "last_message",
  "last_update",
  "error",
] as const;

/** What people do with a request: its user ends it, an operator starts it again. */
export function createUserTransitions({ clock, transition, expiresAt, requests }: RequestTable, config: TableConfig): UserVerbs {
  return {
    cancel(ref, reason) {
      const now = clock.now();
      return transition(
        "cancel",
        ref,
        {},
        {
          set: { status: "cancelled", ended_at: now, cancel_requested_at: now, ...cancelReason(reason) },
          remove: ["work", "due_at", "retry_at"],
        },
      );
    },

    requestCancel: (ref, reason) =>
      transition("requestCancel", ref, {}, { set: { cancel_requested_at: clock.now(), ...cancelReason(reason) } }),

    async redrive(ref) {
      const before = await tableCall("request.redrive", () => requests.get(keyOf(ref)).go({ consistent: true }));
      if (before.data === null) return { done: false, request: undefined };
      const { attempt } = before.data;
      const now = clock.now();
      const expires = expiresAt();
      // First what belongs to it: a request whose payload is gone could not be worked on.
      await extendLife(ref, expires, config);
      return transition(
        "redrive",
        ref,
        { attempt },
        {
          set: {
            status: "pending",
            uncounted_attempts: attempt,
            queued_at: now,
            dispatches: 0,
            expires_at: expires,
            ...openWork(ref, now + DISPATCH_GRACE_MS),
          },
          remove: OF_THE_END,
        },
      );
    },
  };
}

function cancelReason(reason: string | undefined) {
  return reason === undefined ? {} : { cancel_reason: reason };
}
