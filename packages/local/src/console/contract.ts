/** What page and stack say to each other: types only, so nothing of the page's package is loaded. */
export type * from "@streamer/console/src/contract.ts";

/** Carries the run's token, on every call of the API. The page has it as `CONSOLE_HEADER`. */
export const CONSOLE_HEADER = "x-streamer-console";
