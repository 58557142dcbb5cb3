import type { HopName } from "../../../contract.ts";

/** A batch of 1,000 makes 10,000 hops: so many dots show nothing, and cost a lot. */
const MAX_DOTS = 48;
const MIN_GAP_MS = 90;

/** Decides which of all that happens is shown as a moving dot: a sample when there is much of it. The numbers beside tell all. */
export interface PulseGate {
  /** @param nowMs monotonic. @returns whether there is to be a dot; `done` is to be called when it is gone. */
  take(hop: HopName, nowMs: number): boolean;
  done(): void;
}

export function createPulseGate({ maxDots = MAX_DOTS, minGapMs = MIN_GAP_MS } = {}): PulseGate {
  const lastAt = new Map<HopName, number>();
  let dots = 0;
  return {
    take(hop, nowMs) {
      const last = lastAt.get(hop);
      if (dots >= maxDots || (last !== undefined && nowMs - last < minGapMs)) return false;
      lastAt.set(hop, nowMs);
      dots += 1;
      return true;
    },
    done() {
      dots = Math.max(0, dots - 1);
    },
  };
}
