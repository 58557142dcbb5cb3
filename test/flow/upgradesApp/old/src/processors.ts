import { appendFileSync } from "node:fs";
import type { Action } from "@streamer/protocol";
import { createProcessor, RetryableError } from "@streamer/server";
import type { ProcessorHandler, Run } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

/** The work of all actions in one file: the tests' wiring names an export of it for each. */
const deps = processorDeps();
const work = <A extends Action>(action: A, run: Run<A>): ProcessorHandler => createProcessor(action, run, deps);

/** Fails at first, and is not tried again before the new code is there. */
const later = (): never => {
  throw new RetryableError("not today", { retryAfter: "1 hour" });
};

export const addOptional = work(actions.addOptional, async ({ input }) => ({ saw: input }));
export const addRequired = work(actions.addRequired, async ({ input }) => ({ saw: input }));
export const renameKept = work(actions.renameKept, async ({ input }) => ({ saw: input }));
export const renameBare = work(actions.renameBare, async ({ input }) => ({ saw: input }));
export const removeField = work(actions.removeField, async ({ input }) => ({ saw: input }));
export const changeOutput = work(actions.changeOutput, async () => ({ total: 3 }));
export const changeProgress = work(actions.changeProgress, async ({ input, attempt, progress, flush, once }) => {
  const append = (line: string): void => appendFileSync(input.log, `old ${attempt} ${line}\n`);
  progress(10, "Ten rows read", { rows: 10 });
  await flush();
  await once("charge", async () => {
    append("charge");
    return { id: "ch-1" };
  });
  await once("mail", async () => append("mail"));
  return later();
});
export const oldName = work(actions.oldName, async ({ input }) => ({ saw: input }));
export const renamedAway = work(actions.renamedAway, async ({ input }) => ({ saw: input }));
/** Until its worker is ended. */
export const removedMidway = work(actions.removedMidway, () => new Promise(() => {}));
export const toSync = work(actions.toSync, async ({ input }) => ({ saw: input }));
export const fewerAttempts = work(actions.fewerAttempts, async () => later());
export const otherLimits = work(actions.otherLimits, async () => later());
