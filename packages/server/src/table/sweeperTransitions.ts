import { DISPATCH_GRACE_MS, failureFields, OPEN_ATTRIBUTES, openWork, reasonFields } from "./requestTable.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { StoredRequest } from "./storedRequest.ts";
import type { GuardValues } from "./transitions.ts";

type SweeperVerbs = Pick<RequestStore, "recover" | "abandon" | "stopLost" | "dispatch" | "expire">;

/** What the sweeper does with requests whose event, message or worker was lost. */
export function createSweeperTransitions({ clock, transition }: RequestTable): SweeperVerbs {
  return {
    recover: (ref, attempt, { at, reason }) =>
      transition(
        "recover",
        ref,
        { attempt, now: clock.now() },
        {
          set: { status: "retrying", retry_at: at, ...openWork(ref, at + DISPATCH_GRACE_MS), ...reasonFields(reason) },
          remove: ["lease_expires_at"],
        },
      ),

    abandon(ref, attempt, failure) {
      const now = clock.now();
      return transition("abandon", ref, { attempt, now }, { set: failureFields(ref, failure, now), remove: ["lease_expires_at"] });
    },

    stopLost(ref, attempt) {
      const now = clock.now();
      return transition("stopLost", ref, { attempt, now }, { set: { status: "cancelled", ended_at: now }, remove: OPEN_ATTRIBUTES });
    },

    dispatch: (request, dueAt) =>
      transition(request.status === "retrying" ? "dispatchRetry" : "dispatch", request, seen(request), {
        set: openWork(request, dueAt),
        add: { dispatches: 1 },
      }),

    expire: (request, failure) =>
      transition("expire", request, seen(request), {
        set: failureFields(request, failure, clock.now()),
        remove: ["lease_expires_at", "retry_at"],
      }),
  };
}

/** An open request has a due time. One without was read after its end: no write of these can win. */
function seen({ dueAt }: StoredRequest): GuardValues {
  return { dueAt: dueAt ?? 0 };
}
