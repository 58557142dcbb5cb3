export * from "./fakeClock.ts";
