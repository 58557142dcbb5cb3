export { startLocalStack } from "./stack/startLocalStack.ts";
export type { LocalStack, LocalStackOptions } from "./stack/startLocalStack.ts";
export type { LogLine, LogSink } from "./stack/logging.ts";
