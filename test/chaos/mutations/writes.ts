import type { Mutation } from "./mutation.ts";

const TABLE = "packages/server/src/table";
const TESTS = [`${TABLE}/model/agreement.test.ts`];
const write = (name: string, file: string, find: string, replace: string, tests = TESTS): Mutation => ({
  name,
  file: `${TABLE}/${file}`,
  find,
  replace,
  tests,
});

/** How the table becomes conditions, and what the writes set and remove. */
export const WRITES: readonly Mutation[] = [
  write("the clauses' conditions must all hold", "transitions.ts", '.join(" OR ")', '.join(" AND ")'),
  write("one guard of a clause is enough", "transitions.ts", 'parts.join(" AND ")', 'parts.join(" OR ")'),
  write(
    "the fence compares nothing",
    "transitions.ts",
    'return writer.equals("attempt", need(values.attempt, "attempt"))',
    'return writer.absent("cancel_requested_at")',
  ),
  write("the condition of a lease looks at the retry", "transitions.ts", 'writer.atMost("lease_expires_at"', 'writer.atMost("retry_at"'),
  write("the condition of a retry looks at the lease", "transitions.ts", 'writer.atMost("retry_at"', 'writer.atMost("lease_expires_at"'),
  write("the condition of a due time looks at the attempt", "transitions.ts", 'writer.equals("due_at"', 'writer.equals("attempt"'),
  write("at most is taken for exactly", "requestTable.ts", "operations.lte(", "operations.eq("),
  write("the attempt does not rise", "workerTransitions.ts", "add: { attempt: 1 },", ""),
  write("a claim forgets that no retry waits any more", "workerTransitions.ts", 'remove: ["retry_at"],', ""),
  write("a claim takes no place in the open work", "workerTransitions.ts", "dispatches: 0, ...openWork(ref, lease)", "dispatches: 0"),
  write("a heartbeat renews nothing", "workerTransitions.ts", "lease_expires_at: clock.now() + leaseMs, ...progress", "...progress"),
  write(
    "a release leaves its place in the open work",
    "workerTransitions.ts",
    "lease_expires_at: now, ...openWork(ref, now)",
    "lease_expires_at: now",
  ),
  write("a retry is due at once", "workerTransitions.ts", "...openWork(ref, at + DISPATCH_GRACE_MS)", "...openWork(ref, at)"),
  write("every retry counts", "workerTransitions.ts", "...(uncounted ? { add: { uncounted_attempts: 1 } } : {}),", ""),
  write(
    "what has ended stays in the open work",
    "requestTable.ts",
    'OPEN_ATTRIBUTES = ["work", "due_at", "lease_expires_at"]',
    'OPEN_ATTRIBUTES = ["lease_expires_at"]',
  ),
  write(
    "what failed is no dead letter",
    "requestTable.ts",
    'work: workPartition("failed", workShard(ref.requestId)),',
    'work: workPartition("open", workShard(ref.requestId)),',
  ),
  write(
    "a big result is settled without its condition",
    "workerTransitions.ts",
    '.where((attributes, operations) => conditionOf("complete", clauseWriter(attributes, operations), { attempt }))',
    "",
  ),
  write("a cancel leaves no word of who asked", "userTransitions.ts", "ended_at: now, cancel_requested_at: now, ...", "ended_at: now, ..."),
  write(
    "a recovered request keeps its lease",
    "sweeperTransitions.ts",
    'reasonFields(reason) },\n          remove: ["lease_expires_at"],',
    "reasonFields(reason) },",
  ),
  write("a dispatch is not counted", "sweeperTransitions.ts", "        add: { dispatches: 1 },\n", ""),
  write(
    "a dispatch is due again at once",
    "sweeperTransitions.ts",
    "set: openWork(request, dueAt)",
    "set: openWork(request, request.dueAt ?? 0)",
  ),
  write(
    "an expired request keeps the time of its retry",
    "sweeperTransitions.ts",
    'remove: ["lease_expires_at", "retry_at"]',
    'remove: ["lease_expires_at"]',
  ),
  write("a redriven request has no attempts left", "userTransitions.ts", "uncounted_attempts: attempt,", ""),
  write("a redriven request is still to be cancelled", "userTransitions.ts", '  "cancel_requested_at",\n', ""),
  write("a redriven request remembers its dispatches", "userTransitions.ts", "dispatches: 0,", ""),
];
