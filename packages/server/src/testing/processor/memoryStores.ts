import { encodeServerMessage } from "@streamer/protocol";
import type { UpdateMessage } from "@streamer/protocol";
import type { StepStore } from "../../processor/stepStore.ts";
import type { UpdateStore } from "../../table/updateStore.ts";

/** The log of one request, in memory. */
export interface MemoryLog extends Pick<UpdateStore, "put"> {
  readonly all: readonly UpdateMessage[];
  lastSequence(): number;
}

export function createMemoryLog(): MemoryLog {
  const updates: UpdateMessage[] = [];
  return {
    all: updates,
    async put(_ref, update) {
      // As the table holds it: what is no JSON is no more after it.
      updates.push(JSON.parse(encodeServerMessage(update)) as UpdateMessage);
    },
    lastSequence: () => updates.at(-1)?.sequence ?? 0,
  };
}

/** The steps of one request, in memory. */
export type MemorySteps = StepStore;

export function createMemorySteps(): MemorySteps {
  const done = new Map<string, string>();
  return {
    async runOnce({ name }, work) {
      const known = done.get(name);
      if (known !== undefined) return known;
      const text = await work();
      done.set(name, text);
      return text;
    },
  };
}
