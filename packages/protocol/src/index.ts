export * from "./action.ts";
export * from "./codec.ts";
export * from "./duration.ts";
export * from "./errors.ts";
export * from "./limits.ts";
export * from "./messages.ts";
export * from "./status.ts";
export * from "./validate.ts";
