/** One sale of the sample data. Amounts are whole cents, so that sums are exact. */
export interface Sale {
  /** Unique in the data set, such as `20240131-017`. */
  readonly id: string;
  /** ISO date. */
  readonly date: string;
  readonly region: Region;
  readonly category: Category;
  readonly product: string;
  readonly units: number;
  readonly unitPriceCents: number;
}

export const REGIONS = ["North", "South", "East", "West"] as const;
export type Region = (typeof REGIONS)[number];

export const CATEGORIES = ["Electronics", "Home", "Office", "Outdoor", "Toys"] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Product {
  readonly name: string;
  readonly category: Category;
  readonly unitPriceCents: number;
}

export const PRODUCTS: readonly Product[] = [
  { name: "Wireless headphones", category: "Electronics", unitPriceCents: 12_900 },
  { name: "Portable speaker", category: "Electronics", unitPriceCents: 7_950 },
  { name: "USB-C hub", category: "Electronics", unitPriceCents: 4_490 },
  { name: "Desk lamp", category: "Home", unitPriceCents: 3_900 },
  { name: "Coffee grinder", category: "Home", unitPriceCents: 6_490 },
  { name: "Wool blanket", category: "Home", unitPriceCents: 5_900 },
  { name: "Office chair", category: "Office", unitPriceCents: 18_900 },
  { name: "Monitor arm", category: "Office", unitPriceCents: 8_900 },
  { name: "Notebook, set of 5", category: "Office", unitPriceCents: 1_490 },
  { name: "Hiking backpack", category: "Outdoor", unitPriceCents: 9_900 },
  { name: "Camping stove", category: "Outdoor", unitPriceCents: 5_450 },
  { name: "Water bottle", category: "Outdoor", unitPriceCents: 2_490 },
  { name: "Building bricks", category: "Toys", unitPriceCents: 4_990 },
  { name: "Wooden train", category: "Toys", unitPriceCents: 3_490 },
  { name: "Board game", category: "Toys", unitPriceCents: 2_990 },
];

/** What a sale brought in. */
export function amountCents(sale: Pick<Sale, "units" | "unitPriceCents">): number {
  return sale.units * sale.unitPriceCents;
}
