import type { Mutation } from "./mutation.ts";

const FILE = "packages/server/src/table/transitions.ts";
const TESTS = ["packages/server/src/table/transitions.test.ts", "packages/server/src/table/model/model.test.ts"];
const clause = (name: string, find: string, replace: string): Mutation => ({ name, file: FILE, find, replace, tests: TESTS });
/** A transition that its worker writes: fenced by nothing, from wherever, to somewhere else. */
const workers = (verb: string, from: string, to: string, other: string): readonly Mutation[] => {
  const line = `  ${verb}: { clauses: [{ from: "${from}", when: STANDS }], to: "${to}" }`;
  return [
    clause(`${verb} without its fence`, line, line.replace(", when: STANDS", "")),
    clause(
      `${verb} of a request that waits`,
      line,
      line.replace("clauses: [", 'clauses: [{ from: "pending", when: STANDS }, { from: "retrying", when: STANDS }, '),
    ),
    clause(`${verb} that never happens`, line, line.replace(`{ from: "${from}", when: STANDS }`, "")),
    clause(`${verb} that leads elsewhere`, line, line.replace(`to: "${to}"`, `to: "${other}"`)),
  ];
};

const CLAIM = '[{ from: "pending" }, { from: "retrying", when: ["retryDue"] }, { from: "processing", when: ["leaseExpired"] }]';
const RETRY = '  retry: { clauses: [{ from: "processing", when: [...STANDS, "cancelNotRequested"] }], to: "retrying" }';
const RECOVER = '  recover: { clauses: [{ from: "processing", when: [...LOST, "cancelNotRequested"] }], to: "retrying" }';
const CANCEL = '  cancel: { clauses: [{ from: "pending" }, { from: "retrying" }], to: "cancelled" }';
const ASKED = '  requestCancel: { clauses: [{ from: "processing" }], to: "processing" }';
const ABANDON = '  abandon: { clauses: [{ from: "processing", when: LOST }], to: "failed" }';
const STOP_LOST = '  stopLost: { clauses: [{ from: "processing", when: LOST }], to: "cancelled" }';
const DISPATCH = '  dispatch: { clauses: [{ from: "pending", when: ["sameDueAt"] }], to: "pending" }';
const DISPATCH_RETRY = '  dispatchRetry: { clauses: [{ from: "retrying", when: ["sameDueAt"] }], to: "retrying" }';
const EXPIRE = ["pending", "retrying"].map((from) => `      { from: "${from}", when: ["sameDueAt"] },\n`);
const REDRIVE_FAILED = '      { from: "failed", when: STANDS },\n';
const REDRIVE_CANCELLED = '      { from: "cancelled", when: STANDS },\n';

/** Each clause of the table of transitions: a guard gone, the clause gone, one too many, the wrong end. */
export const CLAUSES: readonly Mutation[] = [
  clause("claim of what waits for its time", CLAIM, CLAIM.replace(', when: ["retryDue"]', "")),
  clause("claim under a live lease", CLAIM, CLAIM.replace(', when: ["leaseExpired"]', "")),
  clause("claim of nothing new", CLAIM, CLAIM.replace('{ from: "pending" }, ', "")),
  clause("claim of no retry", CLAIM, CLAIM.replace('{ from: "retrying", when: ["retryDue"] }, ', "")),
  clause("claim of no lost work", CLAIM, CLAIM.replace(', { from: "processing", when: ["leaseExpired"] }', "")),
  clause("claim of what has failed", CLAIM, CLAIM.replace("[{", '[{ from: "failed" }, {')),
  ...workers("heartbeat", "processing", "processing", "retrying"),
  ...workers("release", "processing", "processing", "retrying"),
  ...workers("complete", "processing", "completed", "cancelled"),
  ...workers("fail", "processing", "failed", "cancelled"),
  ...workers("stop", "processing", "cancelled", "failed"),
  clause("retry without its fence", RETRY, RETRY.replace("...STANDS, ", "")),
  clause("retry of what shall end", RETRY, RETRY.replace(', "cancelNotRequested"', "")),
  clause("retry that leads elsewhere", RETRY, RETRY.replace('to: "retrying"', 'to: "pending"')),
  clause("cancel of what runs", CANCEL, CANCEL.replace("[{", '[{ from: "processing" }, {')),
  clause("cancel of nothing new", CANCEL, CANCEL.replace('{ from: "pending" }, ', "")),
  clause("cancel of no retry", CANCEL, CANCEL.replace(', { from: "retrying" }', "")),
  clause("cancel that leads elsewhere", CANCEL, CANCEL.replace('to: "cancelled"', 'to: "failed"')),
  clause("a wish to end what waits", ASKED, ASKED.replace("[{", '[{ from: "pending" }, {')),
  clause("a wish to end what has ended", ASKED, ASKED.replace("[{", '[{ from: "completed" }, {')),
  clause("recover under a live lease, or of another attempt", RECOVER, RECOVER.replace("...LOST, ", "")),
  clause("recover of what shall end", RECOVER, RECOVER.replace(', "cancelNotRequested"', "")),
  clause("abandon under a live lease", ABANDON, ABANDON.replace("LOST", "STANDS")),
  clause("abandon of another attempt", ABANDON, ABANDON.replace("LOST", '["leaseExpired"]')),
  clause("stopLost under a live lease", STOP_LOST, STOP_LOST.replace("LOST", "STANDS")),
  clause("stopLost of another attempt", STOP_LOST, STOP_LOST.replace("LOST", '["leaseExpired"]')),
  clause("dispatch by two sweepers", DISPATCH, DISPATCH.replace(', when: ["sameDueAt"]', "")),
  clause("dispatchRetry by two sweepers", DISPATCH_RETRY, DISPATCH_RETRY.replace(', when: ["sameDueAt"]', "")),
  ...EXPIRE.flatMap((line) => [
    clause(`expire of what somebody has seen to:${line.trim()}`, line, line.replace(', when: ["sameDueAt"]', "")),
    clause(`expire of nothing:${line.trim()}`, line, ""),
  ]),
  clause("redrive of what failed, as somebody else saw it", REDRIVE_FAILED, REDRIVE_FAILED.replace(", when: STANDS", "")),
  clause("redrive of nothing that failed", REDRIVE_FAILED, ""),
  clause("redrive of what was cancelled, as somebody else saw it", REDRIVE_CANCELLED, REDRIVE_CANCELLED.replace(", when: STANDS", "")),
  clause("redrive of what has completed", REDRIVE_CANCELLED, `${REDRIVE_CANCELLED}      { from: "completed", when: STANDS },\n`),
];
