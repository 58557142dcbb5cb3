import type { Clock } from "@streamer/protocol";
import { createFacts } from "./facts.ts";
import type { Hops } from "./types.ts";
import { watchGateway } from "./watchGateway.ts";
import type { WatchedGateway } from "./watchGateway.ts";
import { watchRecords } from "./watchRecords.ts";
import { watchWork } from "./watchWork.ts";
import type { WatchedWork } from "./watchWork.ts";
import type { RecordObserver } from "../pipe/pump.ts";

/** The recorder's eyes, one for each seam of the stack. */
export interface StackWatch {
  readonly gateway: WatchedGateway;
  readonly records: RecordObserver;
  readonly work: WatchedWork;
}

/** As many as the recorder keeps the hops of. */
const REQUESTS_KNOWN = 5_000;

export function watchStack(hops: Hops, clock: Clock): StackWatch {
  const deps = { hops, clock, facts: createFacts(REQUESTS_KNOWN) };
  return { gateway: watchGateway(deps), records: watchRecords(deps), work: watchWork(deps) };
}
