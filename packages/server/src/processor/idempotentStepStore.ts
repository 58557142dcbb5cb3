import { IdempotencyConfig, IdempotencyPersistenceLayerError, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import type { Clock } from "@streamer/protocol";
import type { Context } from "aws-lambda";
import type { TableConfig } from "../table/entities/model.ts";
import { StepInProgressError } from "./errors.ts";
import { StepRecords } from "./stepRecords.ts";
import type { StepStore } from "./stepStore.ts";

type WorkEnd = { readonly kind: "done"; readonly text: string } | { readonly kind: "failed"; readonly error: unknown };

/** Tells Powertools that the work failed, whatever was thrown: it knows errors by their names, and wraps what is no error. */
class WorkFailed extends Error {
  override readonly name = "WorkFailed";
}

/** The step store on Powertools' idempotency, in a module of its own: only actions with steps load it. */
export function createIdempotentStepStore(config: TableConfig, clock: Clock): StepStore {
  return {
    async runOnce(step, work, logger) {
      const ended: WorkEnd[] = [];
      const idempotent = makeIdempotent(
        async (_name: string): Promise<string> => {
          try {
            const text = await work();
            ended.push({ kind: "done", text });
            return text;
          } catch (error) {
            ended.push({ kind: "failed", error });
            throw new WorkFailed();
          }
        },
        {
          persistenceStore: new StepRecords(step, config, clock),
          config: new IdempotencyConfig({
            // No more is read of it; the records know the time from the step.
            lambdaContext: { getRemainingTimeInMillis: () => step.mayRunUntil - clock.now() } as Context,
          }),
        },
      );
      try {
        return await idempotent(step.name);
      } catch (error) {
        const [end] = ended;
        const cause = error instanceof IdempotencyPersistenceLayerError ? error.cause : error;
        if (end === undefined || cause instanceof StepInProgressError) throw cause;
        if (end.kind === "failed") {
          if (!(cause instanceof WorkFailed)) {
            logger.warn("A step failed and could not be given free; another attempt waits for its time to end.", {
              operation: "step",
              step: step.name,
              retry_at: new Date(step.mayRunUntil).toISOString(),
              error: cause as Error,
            });
          }
          throw end.error;
        }
        // The table did not answer for as long as this attempt may run. To fail here would do it twice for certain: with what it has the attempt
        // may still succeed.
        logger.warn("A step was done and could not be remembered; should this attempt fail, the next does it again.", {
          operation: "step",
          step: step.name,
          error: cause as Error,
        });
        return end.text;
      }
    },
  };
}
