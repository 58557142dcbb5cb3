import type { EffectLine } from "../app/src/actions/work/behaviour.ts";
import { groupBy, nameOf, violation } from "./history.ts";
import type { History, RequestKey, Violation } from "./history.ts";

/** What the handlers wrote down themselves: no attempt ran twice, no effect was had twice. */
export function checkEffects(history: History): readonly Violation[] {
  const items = new Map(history.items.map((item) => [nameOf(item), item]));
  const wanted = new Map(history.wanted.map((one) => [nameOf(one), one]));
  const violations: Violation[] = [];
  for (const [name, lines] of groupBy(history.effects, (line) => nameOf(keyOf(line)))) {
    const request = keyOf(lines[0] as EffectLine);
    const starts = lines.filter(({ event }) => event === "start").map(({ attempt }) => attempt);
    for (const attempt of new Set(starts)) {
      const times = starts.filter((one) => one === attempt).length;
      if (times > 1) violations.push(violation("attempts start once", request, `Attempt ${attempt} ran ${times} times.`));
    }
    const allowed = (wanted.get(name)?.attempts ?? 0) + (items.get(name)?.uncountedAttempts ?? 0);
    if (starts.length > allowed)
      violations.push(violation("attempts are bounded", request, `Its work started ${starts.length} times; ${allowed} are allowed.`));
    for (const steps of groupBy(
      lines.filter(({ key }) => key !== undefined),
      ({ key }) => key ?? "",
    ).values())
      violations.push(...checkEffect(request, steps));
  }
  return violations;
}

/** The lines of one effect of one request, in their order. */
function checkEffect(request: RequestKey, lines: readonly EffectLine[]): readonly Violation[] {
  const violations: Violation[] = [];
  let doneBy: EffectLine | undefined;
  /** Runs that began and may still be at it. */
  const under = new Map<string, EffectLine>();
  for (const line of lines) {
    if (line.event === "effect_begins") {
      if (doneBy !== undefined) {
        const problem = `Attempt ${line.attempt} ran ${line.key} again after attempt ${doneBy.attempt} had its result.`;
        violations.push(violation("a done effect never runs again", request, problem));
      }
      under.set(line.run, line);
    } else if (line.event === "effect_ends") {
      under.delete(line.run);
      // Who is not at its end by now was overtaken: that is an overlap only if it goes on, which its own end or result shows.
      for (const other of endedLater(lines, line, under)) {
        const problem = `Attempts ${other.attempt} and ${line.attempt} ran ${line.key} at the same time.`;
        violations.push(violation("runs of an effect never overlap", request, problem));
      }
    } else if (line.event === "resolved") {
      doneBy ??= line;
    }
  }
  return violations;
}

/** Of the runs that had begun when one ended, those that came to an end later: a killed one never does. */
function endedLater(lines: readonly EffectLine[], ended: EffectLine, under: ReadonlyMap<string, EffectLine>): readonly EffectLine[] {
  const later = lines.slice(lines.indexOf(ended) + 1);
  return [...under.values()].filter(({ run }) => later.some((line) => line.event === "effect_ends" && line.run === run));
}

function keyOf(line: EffectLine): RequestKey {
  return { tenant: line.tenant, requestId: line.request_id };
}
