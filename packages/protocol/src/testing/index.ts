/**
 * For tests: time that a test advances, one message of each type, the vectors.
 *
 * @module @streamer/protocol/testing
 */

export * from "./fakeClock.ts";
export { clientSamples, serverSamples } from "./sampleMessages.ts";
export type * from "./vectorTypes.ts";
export * from "./vectorValues.ts";
