import type { Mutation } from "./mutation.ts";

const SERVER = "packages/server/src";
const order = (name: string, file: string, find: string, replace: string, ...tests: readonly string[]): Mutation => ({
  name,
  file: `${SERVER}/${file}`,
  find,
  replace,
  tests: tests.map((test) => `${SERVER}/${test}`),
});

const PUT = "  const watched = await deps.subscriptions.put(ref, connection.connectionId, authorised.expiresAt);\n";
const LIST =
  "  // By what was saved before the log is read: what is saved later may be of updates that come live.\n" +
  "  const page = await readPage(ref, after, authorised.lastSequence ?? 0, deps.updates);\n";
const STATUS = "  const request = await deps.requests.getConsistent(ref);\n";
const SETTLE = "  const settled = await write(outcome, cause, request, reporter, deps);\n";
const OUTCOME = "    await delivery.deliver(await outcomeMessage(request.requestId, outcome, clock.now(), deps.files), { last: true });\n";
const RETRY = "  const written = await requests.retry(request, request.attempt, retry, reporter.last);\n";
const CLAIM =
  '  const takenAt = clock.monotonic();\n  const claim = await tracer.segment("claim", () => requests.claim(ref, action.leaseMs));\n';

/** What must come before what, and what must be asked again (design: no gap, no lock). */
export const ORDERS: readonly Mutation[] = [
  order(
    "a subscriber reads the updates before it subscribes",
    "router/subscriptions.ts",
    PUT + LIST,
    LIST + PUT,
    "router/subscriptions.test.ts",
  ),
  order(
    "a subscriber reads the status first",
    "router/subscriptions.ts",
    STATUS,
    "  const request = authorised;\n",
    "router/subscriptions.test.ts",
  ),
  order(
    "watchers are read as they were a moment ago",
    "table/subscriptionStore.ts",
    'go({ consistent: true, pages: "all" })',
    'go({ pages: "all" })',
    "callCounts.test.ts",
  ),
  order(
    "a flush sends before it stores",
    "progress/updateLine.ts",
    "      await updates.put(request, update, request.expiresAt, text);\n",
    "      await delivery.deliver(update, { ...options, text });\n      await updates.put(request, update, request.expiresAt, text);\n",
    "progress/progressReporter.test.ts",
  ),
  order(
    "a flush of a lost lease is written",
    "processor/processRequest.ts",
    "mayWrite: () => lease.held()",
    "mayWrite: () => true",
    "processor/slowClaim.test.ts",
  ),
  order(
    "a worker tells the outcome before it is written",
    "processor/processRequest.ts",
    SETTLE,
    `  if (outcome.status !== "failed") {\n${OUTCOME}  }\n${SETTLE}`,
    "processor/sending.test.ts",
    "processor/createProcessor.test.ts",
    "processor/failures.test.ts",
    "processor/stopping.test.ts",
  ),
  order(
    "a worker tells an outcome that lost",
    "processor/processRequest.ts",
    "  if (!settled.done) {\n",
    "  if (!settled.done && settled.request === undefined) {\n",
    "processor/stopping.test.ts",
    "processor/createProcessor.test.ts",
    "processor/sending.test.ts",
  ),
  order(
    "a worker tells of a retry before it is written",
    "processor/processRequest.ts",
    RETRY,
    `  await delivery.deliver(retryingMessage({ ...request, retryAt: retry.at }));\n${RETRY}`,
    "processor/retry.test.ts",
  ),
  order(
    "the message comes back before its request waits",
    "processor/processRequest.ts",
    RETRY,
    `  await deps.queue.postpone("", retry.at - deps.clock.now());\n${RETRY}`,
    "processor/retry.test.ts",
  ),
  order(
    "the message of a retried request is deleted",
    "processor/createProcessor.ts",
    "      if (retry !== undefined) await putBack(Math.max(0, retry.at - clock.now()));\n",
    "",
    "processor/retry.test.ts",
  ),
  order(
    "a message that comes too early is deleted",
    "processor/createProcessor.ts",
    "  await putBack(waitMs);\n",
    "",
    "processor/messages.test.ts",
  ),
  order(
    "a failed retry of what shall end is dropped",
    "processor/processRequest.ts",
    "now.attempt === request.attempt && now.cancelRequestedAt !== undefined",
    "now.attempt === request.attempt && now.cancelRequestedAt === undefined",
    "processor/retry.test.ts",
  ),
  order(
    "a lease is counted from after its claim",
    "processor/createProcessor.ts",
    CLAIM,
    CLAIM.split("\n").slice(0, 2).toReversed().join("\n") + "\n",
    "processor/slowClaim.test.ts",
  ),
  order(
    "a lease is counted from after its renewal",
    "processor/lease.ts",
    "heldUntil = before + leaseMs;",
    "heldUntil = clock.monotonic() + leaseMs;",
    "processor/lease.test.ts",
  ),
  order(
    "a worker that lost its lease goes on",
    "processor/lease.ts",
    "        heldUntil = Number.NEGATIVE_INFINITY;\n",
    "",
    "processor/lease.test.ts",
  ),
  order(
    "a wish to end is not seen by a heartbeat",
    "processor/lease.ts",
    "if (result.request.cancelRequestedAt !== undefined) onStop(cancelledBy(result.request));",
    "",
    "processor/lease.test.ts",
    "processor/stopping.test.ts",
  ),
  order(
    "one attempt too many is allowed",
    "processor/decideRetry.ts",
    "counted >= policy.attempts",
    "counted > policy.attempts",
    "processor/retry.test.ts",
  ),
  order(
    "the sweeper allows one attempt too many",
    "sweeper/nextStep.ts",
    "counted < action.retry.attempts",
    "counted <= action.retry.attempts",
    "sweeper/lostWorkers.test.ts",
  ),
  order(
    "the sweeper forgets who asked for the end",
    "sweeper/nextStep.ts",
    '  if (request.cancelRequestedAt !== undefined) return { kind: "stopLost" };\n',
    "",
    "sweeper/lostWorkers.test.ts",
  ),
  order(
    "the sweeper takes work from the living",
    "sweeper/nextStep.ts",
    "request.leaseExpiresAt === undefined || request.leaseExpiresAt > context.now",
    "request.leaseExpiresAt === undefined",
    "sweeper/lostWorkers.test.ts",
    "sweeper/sweeps.test.ts",
  ),
  order(
    "the sweeper sends a backlog each minute",
    "sweeper/nextStep.ts",
    "FIRST_DISPATCH_DELAY_MS * 2 ** dispatches",
    "FIRST_DISPATCH_DELAY_MS",
    "sweeper/waitingRequests.test.ts",
  ),
  order(
    "the sweeper sends before it writes",
    "sweeper/createSweeper.ts",
    "        const moved = await takeStep(request, step, stepDeps);\n",
    '        if (step.kind === "dispatch") await bus.send([request]);\n        const moved = await takeStep(request, step, stepDeps);\n',
    "sweeper/waitingRequests.test.ts",
    "sweeper/sweeps.test.ts",
  ),
  order(
    "the sweeper sends what another has sent",
    "sweeper/createSweeper.ts",
    "        if (moved === undefined || isTerminal(moved.status)) return undefined;\n",
    "        if (moved === undefined) return request;\n        if (isTerminal(moved.status)) return undefined;\n",
    "sweeper/sweeps.test.ts",
    "sweeper/waitingRequests.test.ts",
  ),
  order(
    "the sweeper tells watchers what it did not write",
    "sweeper/takeStep.ts",
    "  if (!written.done) return undefined;\n",
    "  if (!written.done) return request;\n",
    "sweeper/sweeps.test.ts",
    "sweeper/lostWorkers.test.ts",
    "sweeper/waitingRequests.test.ts",
  ),
  order(
    "a redriven request loses its payload",
    "table/userTransitions.ts",
    "      await extendLife(ref, expires, config);\n",
    "",
    "table/redrive.test.ts",
  ),
];
