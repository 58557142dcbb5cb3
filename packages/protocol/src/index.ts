/**
 * The wire: messages, error codes, limits, durations, `defineAction` and `defineTopic`. Runs in browsers.
 *
 * @module @streamer/protocol
 */

export * from "./action.ts";
export * from "./clock.ts";
export * from "./codec.ts";
export * from "./duration.ts";
export * from "./errors.ts";
export * from "./jsonBody.ts";
export { isNestedDeeper } from "./jsonNesting.ts";
export * from "./jsonPointers.ts";
export * from "./limits.ts";
export * from "./messages.ts";
export * from "./requestActions.ts";
export * from "./status.ts";
export * from "./topic.ts";
export * from "./validate.ts";
