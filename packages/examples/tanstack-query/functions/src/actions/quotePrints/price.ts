import type { PrintOrder } from "./action.ts";

const CENTS: Readonly<Record<PrintOrder["size"], number>> = { small: 15, medium: 25, large: 60 };

/** The hundredth photo and those after it are half the price. */
export function priceOf({ photos, size }: PrintOrder): number {
  const full = Math.min(photos, 99);
  return Math.ceil((full + (photos - full) / 2) * CENTS[size]);
}
