export { ConsoleCallError, sentenceOf } from "./consoleCallError.ts";
export type { ConsoleApi } from "./consoleApi.ts";
export { useLoaded } from "./useLoaded.ts";
export type { Loaded } from "./useLoaded.ts";
export { useReadable } from "./useReadable.ts";
export { createValue } from "./value.ts";
export type { Readable } from "./value.ts";
