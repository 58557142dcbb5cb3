export const REGIONS = ["north", "south", "east", "west"] as const;
const PRODUCTS = [
  { product: "lamp", cents: 4_900 },
  { product: "chair", cents: 12_900 },
  { product: "table", cents: 39_900 },
  { product: 'shelf, "tall"', cents: 8_950 },
] as const;

export interface Sale {
  /** `2024-03` */
  readonly month: string;
  readonly region: (typeof REGIONS)[number];
  readonly product: string;
  readonly pieces: number;
  readonly cents: number;
}

/** The sales of a month, for want of a shop: the same each time they are asked for. Your own query goes here. */
export function salesOf(month: string): readonly Sale[] {
  const random = seededRandom(Number(month.replace("-", "")));
  return Array.from({ length: 150 + Math.floor(random() * 100) }, () => {
    const { product, cents } = pick(PRODUCTS, random());
    const pieces = 1 + Math.floor(random() * 4);
    return { month, region: pick(REGIONS, random()), product, pieces, cents: cents * pieces };
  });
}

/** `2023-11` to `2024-02`: four months, both ends included. */
export function monthsBetween(from: string, to: string): readonly string[] {
  const first = monthNumber(from);
  return Array.from({ length: monthNumber(to) - first + 1 }, (_, index) => {
    const month = first + index;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
  });
}

function monthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
}

function pick<Item>(items: readonly Item[], random: number): Item {
  // A number from 0 up to 1 always finds one.
  return items[Math.floor(random * items.length)] as Item;
}

/** mulberry32: small, and the same numbers for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
