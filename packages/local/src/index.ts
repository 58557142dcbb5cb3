/**
 * The whole system on one machine.
 *
 * @module @streamer/local
 */

export { startLocalStack } from "./stack/startLocalStack.ts";
export type { LocalStack, LocalStackOptions } from "./stack/startLocalStack.ts";
export { DEFAULT_RATES } from "./chaos/settings.ts";
export type { Chaos, ChaosOptions, FaultKind, FaultRates } from "./chaos/types.ts";
export { readEmbeddedMetrics } from "./metrics/embeddedMetrics.ts";
export type { EmbeddedMetric } from "./metrics/embeddedMetrics.ts";
export type { RecordedMetric } from "./metrics/recordedMetrics.ts";
export type { AsyncParts } from "./stack/asyncPath.ts";
export type { StackStatus } from "./stack/status.ts";
export type { LogLine, LogSink } from "./stack/logging.ts";
