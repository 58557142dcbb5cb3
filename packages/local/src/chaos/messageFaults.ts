import type { DeliverMessage } from "../queue/queuePoller.ts";
import type { ChaosEngine } from "./engine.ts";
import { subjectInBody } from "./identity.ts";

/** Faults on the way from a queue to its function. A dropped message is deleted unseen; of a duplicated one the two may run at the same time. */
export function createMessageFaults(queue: string, engine: ChaosEngine): DeliverMessage {
  return async (message, { handle, discard }) => {
    const key = `${queue} ${subjectInBody(message.Body) ?? message.MessageId}`;
    const dropped = engine.fateOf("message_dropped", key);
    const delayed = engine.fateOf("message_delayed", key);
    const duplicated = engine.fateOf("message_duplicated", key);
    if (dropped?.strike()) return discard();
    if (delayed?.strike()) await engine.wait(delayed.delayMs);
    if (!duplicated?.strike()) return handle();
    const together = duplicated.dice() < 0.5;
    if (together) return void (await Promise.all([handle(), handle()]));
    await handle();
    await engine.wait(duplicated.delayMs);
    await handle();
  };
}
