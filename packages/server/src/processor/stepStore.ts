import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "@streamer/protocol";
import type { TableConfig } from "../table/entities/model.ts";
import type { RequestRef } from "../table/storedRequest.ts";

/** A step of a request, as one attempt comes to it. */
export interface Step extends RequestRef {
  readonly name: string;
  readonly attempt: number;
  /** The request's own, in Unix seconds: a step is remembered as long as its request. */
  readonly expiresAt: number;
  /** Ms since 1970. Until then no other attempt may run the step, should this one begin it and not be heard of again. */
  readonly mayRunUntil: number;
}

/** Remembers in the table which steps of a request are done. Two calls for a step that runs, one for a step that is done. */
export interface StepStore {
  /**
   * Runs the step and remembers the text it gives; gives that text without running it when an attempt has done so before. A step that
   * throws is not remembered.
   *
   * Not for two calls of one attempt at a time: the attempt that began a step may begin it again.
   *
   * @throws {StepInProgressError} when another attempt began it and may still be at it.
   * @throws {TableError} when the table does not answer, with the step not run.
   */
  runOnce(step: Step, work: () => Promise<string>, logger: Pick<Logger, "warn">): Promise<string>;
}

/** The step store, whose machinery is loaded at first use: actions without steps need not pay for it. */
export function createStepStore(config: TableConfig, clock: Clock): StepStore {
  let loading: Promise<StepStore> | undefined;
  const store = (): Promise<StepStore> =>
    (loading ??= import("./idempotentStepStore.ts").then(({ createIdempotentStepStore }) => createIdempotentStepStore(config, clock)));
  return { runOnce: async (step, work, logger) => (await store()).runOnce(step, work, logger) };
}
