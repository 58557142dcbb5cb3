export { createHops } from "./createHops.ts";
export { createStackControls } from "./stackControls.ts";
export { watchStack } from "./watchStack.ts";
export type { Hops, HopsEvent, RequestChange, StackControls } from "./types.ts";
