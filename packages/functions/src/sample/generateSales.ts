import { saleId } from "./packSales.ts";
import { CATEGORIES, PRODUCTS, REGIONS } from "./salesModel.ts";
import type { Category, Product, Region, Sale } from "./salesModel.ts";

/** The days that the sample data covers, both included. */
export const FIRST_SAMPLE_DAY = "2023-01-01";
export const LAST_SAMPLE_DAY = "2025-12-31";

const MIN_SALES_PER_DAY = 40;
const MAX_SALES_PER_DAY = 60;
const MS_PER_DAY = 86_400_000;

/** How much is sold where, and of what: a report of equal bars would show nothing. */
const REGION_WEIGHTS: Record<Region, number> = { North: 30, South: 22, East: 18, West: 30 };
const CATEGORY_WEIGHTS: Record<Category, number> = { Electronics: 28, Home: 24, Office: 18, Outdoor: 17, Toys: 13 };

/** Every day of the sample data, in order. */
export function sampleDays(): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(FIRST_SAMPLE_DAY); ms <= Date.parse(LAST_SAMPLE_DAY); ms += MS_PER_DAY) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}

/** The sales of one day, 40 to 60 of them: the same at every call and on every machine, whichever days are asked for before. */
export function salesOfDay(date: string): Sale[] {
  const random = seededRandom(Number(date.replaceAll("-", "")));
  const mood = seasonMood(date);
  const count = Math.round(clamp(MIN_SALES_PER_DAY + 20 * (mood + (random() - 0.5) * 0.4), MIN_SALES_PER_DAY, MAX_SALES_PER_DAY));
  return Array.from({ length: count }, (_, index) => {
    const region = pick(REGIONS, (name) => REGION_WEIGHTS[name], random);
    const category = pick(CATEGORIES, (name) => CATEGORY_WEIGHTS[name] * categorySeason(name, date), random);
    const products = PRODUCTS.filter((product) => product.category === category);
    const product = pick(products, (candidate: Product) => 20_000 - candidate.unitPriceCents, random);
    return {
      id: saleId(date, index),
      date,
      region,
      category,
      product: product.name,
      units: 1 + Math.floor(random() ** 3 * (2 + 8 * mood)),
      unitPriceCents: product.unitPriceCents,
    };
  });
}

/** 0 to 1: more on weekends, more towards the end of a year, and more each year. */
function seasonMood(date: string): number {
  const day = new Date(date);
  const weekend = [0, 6].includes(day.getUTCDay()) ? 0.25 : 0;
  const ofYear = (1 - Math.cos(((day.getUTCMonth() + day.getUTCDate() / 31) / 12) * 2 * Math.PI)) / 2;
  const lateYear = day.getUTCMonth() >= 10 ? 0.3 : 0;
  const growth = (day.getUTCFullYear() - 2023) * 0.1;
  return clamp(0.15 + weekend + ofYear * 0.2 + lateYear + growth, 0, 1);
}

function categorySeason(category: Category, date: string): number {
  const month = Number(date.slice(5, 7));
  if (category === "Outdoor") return month >= 5 && month <= 9 ? 1.9 : 0.7;
  if (category === "Toys") return month >= 11 ? 2.4 : 0.8;
  return 1;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function pick<T>(choices: readonly T[], weight: (choice: T) => number, random: () => number): T {
  let left = random() * choices.reduce((sum, choice) => sum + weight(choice), 0);
  const found = choices.find((choice) => (left -= weight(choice)) < 0) ?? choices.at(-1);
  if (found === undefined) throw new RangeError("There is nothing to choose from: give at least one choice.");
  return found;
}

/** Mulberry32: small, fast, good enough for sample data, and the same everywhere. 0 (included) to 1 (excluded). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
