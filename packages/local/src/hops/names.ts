import type { HOPS, HopName } from "../console/contract.ts";

/** The contract's, which is of types only here: the console is no code of the stack's. */
export const HOP_NAMES = [
  "gateway",
  "router",
  "table",
  "pipe",
  "bus",
  "queue",
  "worker",
  "update",
  "post",
  "end",
] as const satisfies typeof HOPS satisfies readonly HopName[];
