export type * from "@streamer/console/src/contract.ts";
