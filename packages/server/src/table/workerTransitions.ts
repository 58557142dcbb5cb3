import { tableCall } from "./errors.ts";
import {
  clauseWriter,
  DISPATCH_GRACE_MS,
  failureFields,
  INLINE_BODY_BYTES,
  keyOf,
  OPEN_ATTRIBUTES,
  openWork,
  progressFields,
  reasonFields,
  taken,
} from "./requestTable.ts";
import type { RequestTable } from "./requestTable.ts";
import type { RequestStore, StoredResult } from "./requestVerbs.ts";
import { checkItemBody } from "./tableFailure.ts";
import { conditionOf } from "./transitions.ts";

type WorkerVerbs = Pick<RequestStore, "claim" | "heartbeat" | "release" | "complete" | "fail" | "stop" | "retry">;

/** What the worker of an attempt does with its request. All but the claim are fenced by the attempt. */
export function createWorkerTransitions(table: RequestTable): WorkerVerbs {
  const { service, clock, transition } = table;
  return {
    claim(ref, leaseMs) {
      const now = clock.now();
      const lease = now + leaseMs;
      return transition(
        "claim",
        ref,
        { now },
        {
          set: { status: "processing", lease_expires_at: lease, started_at: now, dispatches: 0, ...openWork(ref, lease) },
          add: { attempt: 1 },
          remove: ["retry_at"],
        },
      );
    },

    // The work index is left alone: two more writes each ten seconds would buy nothing, the sweeper re-checks what is due.
    heartbeat: (ref, attempt, leaseMs, progress) =>
      transition("heartbeat", ref, { attempt }, { set: { lease_expires_at: clock.now() + leaseMs, ...progressFields(progress) } }),

    release(ref, attempt) {
      const now = clock.now();
      return transition("release", ref, { attempt }, { set: { lease_expires_at: now, ...openWork(ref, now) } });
    },

    async complete(ref, attempt, result, progress) {
      const apart = "body" in result && Buffer.byteLength(result.body) > INLINE_BODY_BYTES ? result.body : undefined;
      const changes = {
        set: {
          status: "completed",
          ended_at: clock.now(),
          ...progressFields(progress),
          ...resultFields(result, apart),
          ...(Object.keys(result.files).length === 0 ? {} : { result_files: JSON.stringify(result.files) }),
        },
        remove: OPEN_ATTRIBUTES,
      } as const;
      if (apart === undefined) return transition("complete", ref, { attempt }, changes);
      const body = { ...keyOf(ref), body: apart, expires_at: table.expiresAt() };
      const answer = await tableCall("request.complete", async () => {
        checkItemBody(apart);
        return service.transaction
          .write((entities) => [
            entities.requests
              .patch(keyOf(ref))
              .set(changes.set)
              .remove([...OPEN_ATTRIBUTES])
              .where((attributes, operations) => conditionOf("complete", clauseWriter(attributes, operations), { attempt }))
              .commit({ response: "all_old" }),
            entities.results.put(body).commit(),
          ])
          .go();
      });
      if (!answer.canceled) return { done: true };
      const [settled] = answer.data;
      if (settled.code === "ConditionalCheckFailed" && settled.item === null) return { done: false, request: undefined };
      return { done: false, request: taken("request.complete", settled.item) };
    },

    fail: (ref, attempt, failure, progress) =>
      transition(
        "fail",
        ref,
        { attempt },
        { set: { ...failureFields(ref, failure, clock.now()), ...progressFields(progress) }, remove: ["lease_expires_at"] },
      ),

    stop: (ref, attempt, progress) =>
      transition(
        "stop",
        ref,
        { attempt },
        { set: { status: "cancelled", ended_at: clock.now(), ...progressFields(progress) }, remove: OPEN_ATTRIBUTES },
      ),

    retry: (ref, attempt, { at, reason, uncounted = false }, progress) =>
      transition(
        "retry",
        ref,
        { attempt },
        {
          set: {
            status: "retrying",
            retry_at: at,
            ...openWork(ref, at + DISPATCH_GRACE_MS),
            ...progressFields(progress),
            ...reasonFields(reason),
          },
          ...(uncounted ? { add: { uncounted_attempts: 1 } } : {}),
          remove: ["lease_expires_at"],
        },
      ),
  };
}

/** @param apart the body, when it stands in an item of its own. */
function resultFields(result: StoredResult, apart: string | undefined) {
  if (!("body" in result)) return { result_object: JSON.stringify({ key: result.key, sizeBytes: result.sizeBytes }) };
  return apart === undefined ? { result: result.body } : {};
}
