import { createHash } from "node:crypto";

/** An id that the same inputs always get, and no others: so a program that died, or is run again by mistake, does nothing twice. */
export function batchIdOf(inputs: readonly unknown[]): string {
  return `orders-${createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 32)}`;
}
