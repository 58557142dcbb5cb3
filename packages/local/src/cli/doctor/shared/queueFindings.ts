import { METRICS } from "@streamer/server";
import { fail, ok, warn } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { counted, inWords } from "./inWords.ts";

/** A queue and its dead letters, from wherever that is known. */
export interface QueueFacts {
  readonly name: string;
  /** Messages that wait. */
  readonly waiting: number;
  /** Messages that somebody has taken. */
  readonly inFlight: number;
  /** Of the longest waiting one; `undefined`: not known. */
  readonly oldestAgeMs: number | undefined;
  readonly visibilityTimeoutMs: number | undefined;
  readonly functionName: string | undefined;
  readonly functionTimeoutMs: number | undefined;
  /** Whether its messages are taken; `undefined`: not known. */
  readonly taken: boolean | undefined;
  /** Why not, if there is more to say. */
  readonly notTakenBecause?: string | undefined;
  /** Messages in its dead letters; `undefined`: it has none of them, or they were not found. */
  readonly deadLetters: number | undefined;
}

export interface QueueAdvice {
  readonly notTaken: string;
  readonly deadLetters: string;
}

const AGE_ALARM = METRICS.find(({ name }) => name === "ApproximateAgeOfOldestMessage")?.alarms?.[0]?.threshold;
/** A message that waits for longer is told of, and one that waits for much longer fails: the thresholds of the alarm, staging's and prod's. */
const AGE_WARN_MS = (AGE_ALARM?.staging ?? 1_800) * 1_000;
const AGE_FAIL_MS = (AGE_ALARM?.prod ?? 3_600) * 1_000;

/** One finding of the queue, and one of its dead letters when there are any. */
export function queueFindings(facts: QueueFacts, advice: QueueAdvice): readonly Finding[] {
  return [queueFinding(facts, advice), ...deadLetterFindings(facts, advice)];
}

function queueFinding(facts: QueueFacts, advice: QueueAdvice): Finding {
  const name = `queue ${facts.name}`;
  const age = facts.oldestAgeMs ?? 0;
  const ageInWords = facts.waiting > 0 && facts.oldestAgeMs !== undefined ? `, the oldest for ${inWords(age)}` : "";
  const seen = `${facts.waiting} waiting${ageInWords}, ${facts.inFlight} in work`;
  if (facts.taken === false) {
    const because = facts.notTakenBecause === undefined ? "" : ` (${facts.notTakenBecause})`;
    return fail(name, `nobody takes its messages${because}: ${seen}`, advice.notTaken, "backlog");
  }
  const { visibilityTimeoutMs: visibility, functionTimeoutMs: timeout } = facts;
  if (visibility !== undefined && timeout !== undefined && visibility < timeout) {
    return fail(
      name,
      `a message comes again after ${inWords(visibility)}, and ${facts.functionName ?? "its function"} may run for ${inWords(timeout)}`,
      "A second worker gets the message while the first still runs. Deploy again: the stack sets both from the action's timeout.",
    );
  }
  const backlog = "More comes in than is worked off, or attempts fail and are tried again: see the function's log and its concurrency.";
  if (age > AGE_FAIL_MS) return fail(name, seen, backlog, "backlog");
  if (age > AGE_WARN_MS) return warn(name, seen, backlog, "backlog");
  return ok(name, seen);
}

function deadLetterFindings({ name, deadLetters }: QueueFacts, advice: QueueAdvice): readonly Finding[] {
  const row = `dead letters ${name}`;
  if (deadLetters === undefined) return [];
  if (deadLetters === 0) return [ok(row, "none")];
  return [fail(row, counted(deadLetters, "message"), advice.deadLetters, "dead-letters")];
}
