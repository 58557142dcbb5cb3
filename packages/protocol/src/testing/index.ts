export * from "./fakeClock.ts";
export { clientSamples, serverSamples } from "./sampleMessages.ts";
export type * from "./vectorTypes.ts";
export * from "./vectorValues.ts";
