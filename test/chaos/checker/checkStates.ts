import { groupBy, nameOf, parseFrame, TERMINAL_STATUSES, violation } from "./history.ts";
import type { History, RequestKey, StoredItem, Violation, Wanted } from "./history.ts";

/** What the table and its stream say: every acknowledged request ended, once, for a reason. */
export function checkStates(history: History): readonly Violation[] {
  return [...checkEnds(history), ...checkChanges(history), ...checkCauses(history)];
}

/** The requests that some client was told are stored: by an acknowledgment, or by progress that overtook it. */
export function acknowledged(history: History): ReadonlyMap<string, RequestKey> {
  const found = new Map<string, RequestKey>();
  for (const { tenant, lines } of history.transcripts) {
    for (const line of lines) {
      if (line.direction !== "in") continue;
      const frame = parseFrame(line.text);
      if (frame["type"] !== "acknowledgment" && frame["type"] !== "progress") continue;
      const key = { tenant, requestId: String(frame["request_id"]) };
      found.set(nameOf(key), key);
    }
  }
  return found;
}

function checkEnds(history: History): readonly Violation[] {
  const items = new Map(history.items.map((item) => [nameOf(item), item]));
  return [...acknowledged(history).values()].flatMap((request) => {
    const item = items.get(nameOf(request));
    if (item === undefined) return [violation("acknowledged requests end", request, "It was acknowledged and is not in the table.")];
    if (!TERMINAL_STATUSES.has(item.status))
      return [violation("acknowledged requests end", request, `It is still ${item.status} in attempt ${item.attempt}.`)];
    return [];
  });
}

function checkChanges(history: History): readonly Violation[] {
  const violations: Violation[] = [];
  for (const changes of groupBy(history.changes, nameOf).values()) {
    const [first] = changes;
    if (first === undefined) continue;
    const settled = changes.filter(({ from, to }) => isTerminal(to) && !isTerminal(from));
    if (settled.length > 1) {
      const list = settled.map(({ from, to, attempt }) => `${from} to ${to} in attempt ${attempt}`).join(", ");
      violations.push(violation("a request is settled once", first, `It was settled ${settled.length} times: ${list}.`));
    }
    for (const { from, to } of changes) {
      if (isTerminal(from) && to !== from) {
        violations.push(violation("an ended request stays ended", first, `It went from ${from} to ${to ?? "nothing"}.`));
      }
    }
  }
  const settledByStream = new Set(history.changes.filter(({ to }) => isTerminal(to)).map(nameOf));
  for (const item of history.items) {
    if (isTerminal(item.status) && !settledByStream.has(nameOf(item)))
      violations.push(violation("a request is settled once", item, `The table has it ${item.status}; the stream never told of it.`));
  }
  return violations;
}

/** A request does not complete without its work having come to its end, and is not cancelled unless somebody asked. */
function checkCauses(history: History): readonly Violation[] {
  const wanted = new Map(history.wanted.map((one) => [nameOf(one), one]));
  const ended = new Set(
    history.effects
      .filter(({ event }) => event === "end")
      .map((line) => `${nameOf({ tenant: line.tenant, requestId: line.request_id })}#${line.attempt}`),
  );
  const cancels = askedToCancel(history);
  return history.items.flatMap((item) => {
    const problem = causeMissing(item, wanted.get(nameOf(item)), ended, cancels);
    return problem === undefined ? [] : [violation("an outcome has its cause", item, problem)];
  });
}

function causeMissing(
  item: StoredItem,
  wanted: Wanted | undefined,
  ended: ReadonlySet<string>,
  cancels: ReadonlySet<string>,
): string | undefined {
  if (wanted === undefined) return "No client sent it.";
  switch (item.status) {
    case "completed":
      return ended.has(`${nameOf(item)}#${item.attempt}`)
        ? undefined
        : `It completed in attempt ${item.attempt}, whose work did not come to its end.`;
    case "cancelled":
      return cancels.has(`${nameOf(item)}@${item.user}`) ? undefined : "It was cancelled, and its user did not ask for it.";
    case "failed":
      return failureCause(item, wanted);
    default:
      return undefined;
  }
}

function failureCause({ errorCode, attempt, uncountedAttempts }: StoredItem, wanted: Wanted): string | undefined {
  const counted = attempt - uncountedAttempts;
  if (errorCode === "PROCESSING_FAILED" && wanted.failure === "terminal" && wanted.failingAttempts > 0) return undefined;
  // All other failures are tried again: a request may fail by one only when its attempts are used up.
  return counted >= wanted.attempts
    ? undefined
    : `It failed with ${errorCode} after ${counted} counted attempts; ${wanted.attempts} are allowed, and no error of it was final.`;
}

function askedToCancel(history: History): ReadonlySet<string> {
  const asked = new Set<string>();
  for (const { tenant, user, lines } of history.transcripts) {
    for (const line of lines) {
      if (line.direction !== "out") continue;
      const frame = parseFrame(line.text);
      if (frame["type"] === "cancel") asked.add(`${nameOf({ tenant, requestId: String(frame["request_id"]) })}@${user}`);
    }
  }
  return asked;
}

function isTerminal(status: string | undefined): boolean {
  return status !== undefined && TERMINAL_STATUSES.has(status);
}
