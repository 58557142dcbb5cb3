import { appendFileSync } from "node:fs";
import type { Action } from "@streamer/protocol";
import { createProcessor } from "@streamer/server";
import type { ProcessorHandler, Run } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

/** The work of all actions in one file: the tests' wiring names an export of it for each. */
const deps = processorDeps();
const work = <A extends Action>(action: A, run: Run<A>): ProcessorHandler => createProcessor(action, run, deps);

export const addOptional = work(actions.addOptional, async ({ input }) => ({ saw: input }));
export const addRequired = work(actions.addRequired, async ({ input }) => ({ saw: input }));
export const renameKept = work(actions.renameKept, async ({ input }) => ({ saw: input }));
export const renameBare = work(actions.renameBare, async ({ input }) => ({ saw: input }));
export const removeField = work(actions.removeField, async ({ input }) => ({ saw: input }));
export const changeOutput = work(actions.changeOutput, async () => ({ sum: 3 }));
export const changeProgress = work(actions.changeProgress, async ({ input, attempt, progress, flush, once }) => {
  const append = (line: string): void => appendFileSync(input.log, `new ${attempt} ${line}\n`);
  progress(50, "Half of it", { done: 1, of: 2 });
  await flush();
  const charge = await once("charge", async () => {
    append("charge");
    return { chargeId: "ch-2", currency: "eur" };
  });
  // It was "mail" in the old code: another step.
  await once("letter", async () => append("letter"));
  return { charge };
});
export const oldName = work(actions.oldName, async ({ input }) => ({ saw: input }));
export const newName = work(actions.newName, async ({ input }) => ({ saw: input }));
export const toAsync = work(actions.toAsync, async ({ input }) => ({ saw: input }));
export const fewerAttempts = work(actions.fewerAttempts, async ({ input }) => ({ saw: input }));
export const otherLimits = work(actions.otherLimits, async ({ input, attempt }) => ({ saw: { ...input, attempt } }));
export const added = work(actions.added, async ({ input }) => ({ saw: input }));
