import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Shares from 0 (included) to 1 (excluded), one after the other. */
export type Dice = () => number;

/**
 * The dice of one occasion. They depend on nothing but the seed and the occasion, so it does not matter what else happens at the same
 * time or in which order.
 */
export function diceFor(seed: number, occasion: readonly (string | number)[]): Dice {
  const hash = createHash("sha256")
    .update(JSON.stringify([seed, ...occasion]))
    .digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => hash.readInt32LE(at)));
  return () => uniformFloat64(generator);
}
