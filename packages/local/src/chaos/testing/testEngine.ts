import { systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Logger } from "../../bus/logger.ts";
import { createChaosEngine } from "../engine.ts";
import type { ChaosEngine } from "../engine.ts";
import { FAULT_KINDS } from "../settings.ts";
import type { ChaosOptions, FaultKind, FaultRates } from "../types.ts";

export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Rates of nothing but the faults that are named. */
export function only(rates: Partial<FaultRates>): FaultRates {
  return { ...(Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<keyof FaultRates, number>), ...rates };
}

/** Chaos of nothing but the faults that are named. */
export function engineOf(rates: Partial<FaultRates>, options: Partial<ChaosOptions> = {}, clock: Clock = systemClock): ChaosEngine {
  return createChaosEngine({ seed: 1, ...options, rates: only(rates) }, { clock, logger: silent });
}

/** Two keys, of which the first occasion is struck and spared, at a rate of a half. */
export function oneOfEach(kind: FaultKind, keyOf: (name: string) => string): { readonly struck: string; readonly spared: string } {
  const twin = engineOf({ [kind]: 0.5 });
  const names = Array.from({ length: 20 }, (_, n) => `r${n}`);
  const isStruck = new Map(names.map((name) => [name, twin.fateOf(kind, keyOf(name)) !== undefined]));
  const [struck, spared] = [true, false].map((wanted) => names.find((name) => isStruck.get(name) === wanted));
  if (struck === undefined || spared === undefined) throw new Error(`Of ${names.length} names all are struck by ${kind}, or none is.`);
  return { struck, spared };
}
