import { tracedFailure } from "./failure.ts";
import type { Subsegment } from "./subsegment.ts";

/**
 * Marks a segment as failed. The SDK's own way records the error's text and stack too, and calls every error a fault: a condition that was
 * lost, which is how two workers agree on one, would look like an outage.
 */
export function failSubsegment(subsegment: Subsegment, error: unknown): void {
  const { kind, type, code } = tracedFailure(error);
  if (kind === "fault") subsegment.addFaultFlag();
  else subsegment.addErrorFlag();
  if (kind === "throttle") subsegment.addThrottleFlag();
  subsegment.addAnnotation("error", type);
  if (code !== undefined) subsegment.addAnnotation("error_code", code);
}
