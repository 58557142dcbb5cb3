import { PRICES } from "./prices.ts";
import type { PriceName } from "./prices.ts";

/** How much of what is billed something takes. */
export type Usage = Readonly<Partial<Record<PriceName, number>>>;

const KB = 1024;

/**
 * One write to the table: a unit for each KB of the item begun, the larger of before and after.
 *
 * @param indexWrites entries of KEYS_ONLY indexes written or removed, a unit each: 1 where a key appears or goes, 2 where one changes
 *   (the old entry is deleted, the new one put), none where no key is touched.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 */
export function write(itemBytes: number, indexWrites = 0): Usage {
  return { tableWrites: Math.ceil(itemBytes / KB) + indexWrites };
}

/** A strongly consistent read: a unit for each 4 KB begun, and one when nothing is found. */
export function consistentRead(bytes: number): Usage {
  return { tableReads: Math.max(1, Math.ceil(bytes / (4 * KB))) };
}

/** An eventually consistent read costs half. */
export function eventualRead(bytes: number): Usage {
  return { tableReads: (consistentRead(bytes).tableReads ?? 0) / 2 };
}

/** A message through API Gateway, in either direction: billed in steps of 32 KB. */
export function message(bytes: number): Usage {
  return { messages: Math.ceil(bytes / (32 * KB)) };
}

/** A run of a Lambda function: the request, its time, and its share of a trace. */
export function run(memoryMb: number, durationMs: number, sampledTraces: number): Usage {
  return { invocations: 1, compute: (memoryMb / 1024) * (durationMs / 1_000), traces: sampledTraces };
}

/** All of them together. */
export function sum(...usages: readonly Usage[]): Usage {
  const total: Partial<Record<PriceName, number>> = {};
  for (const usage of usages)
    for (const [name, amount] of Object.entries(usage) as [PriceName, number][]) total[name] = (total[name] ?? 0) + amount;
  return total;
}

/** So many of it. */
export function times(count: number, usage: Usage): Usage {
  return Object.fromEntries(Object.entries(usage).map(([name, amount]) => [name, amount * count]));
}

/** What it costs, in dollars. */
export function dollars(usage: Usage): number {
  return (Object.entries(usage) as [PriceName, number][]).reduce((total, [name, amount]) => {
    const price = PRICES[name];
    return total + (amount * price.dollars) / price.per;
  }, 0);
}
