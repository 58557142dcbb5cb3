import type { Logger } from "@aws-lambda-powertools/logger";
import type { OwnMetricName } from "./metrics.ts";

/** How a part tells its numbers. Both or neither; without them nothing is measured. */
export interface Measuring<Name extends OwnMetricName> {
  /** Keeps a value for the end of the invocation. */
  readonly addMetric?: ((name: Name, value: number) => void) | undefined;
  /** Called once at the end of each invocation. */
  readonly publishMetrics?: (() => Promise<void>) | undefined;
}

/** Publishes what an invocation measured. What it did stands, whatever becomes of its numbers: a failure is a warning in the log. */
export async function publishMeasured({ publishMetrics }: Measuring<never>, logger: Pick<Logger, "warn">): Promise<void> {
  try {
    await publishMetrics?.();
  } catch (error) {
    logger.warn("The metrics of an invocation could not be published.", { operation: "measure", error: error as Error });
  }
}
