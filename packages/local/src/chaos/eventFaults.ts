import type { RuleTarget } from "../bus/eventBus.ts";
import type { ChaosEngine } from "./engine.ts";
import { subjectOfEvent } from "./identity.ts";

/** Faults on the way from the bus to a rule's target. */
export function withEventFaults(rule: string, target: RuleTarget, engine: ChaosEngine): RuleTarget {
  return async (event) => {
    const key = `${rule} ${subjectOfEvent(event) ?? event.id}`;
    const dropped = engine.fateOf("event_dropped", key);
    const delayed = engine.fateOf("event_delayed", key);
    const duplicated = engine.fateOf("event_duplicated", key);
    if (dropped?.strike()) return;
    if (delayed?.strike()) await engine.wait(delayed.delayMs);
    await target(event);
    if (duplicated?.strike()) await target(event);
  };
}
