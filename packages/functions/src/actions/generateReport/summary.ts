import { CATEGORIES, REGIONS, amountCents } from "../../sample/salesModel.ts";
import type { Category, Region, Sale } from "../../sample/salesModel.ts";
import { MS_PER_DAY, dayMs, isoDay } from "./isoDate.ts";

/** Sums over some sales. */
export interface Totals {
  readonly records: number;
  readonly units: number;
  readonly revenueCents: number;
}

/** The sums of one region, category, product, day or month. */
export interface Group<Name extends string = string> extends Totals {
  readonly name: Name;
  /** Of the whole revenue, 0 to 1. 0 when there is no revenue at all. */
  readonly share: number;
}

/** What a report says. */
export interface Summary {
  readonly startDate: string;
  readonly endDate: string;
  readonly total: Totals;
  /** In the order of the model, those without a sale too. */
  readonly byRegion: readonly Group<Region>[];
  readonly byCategory: readonly Group<Category>[];
  /** Most revenue first; only what was sold. */
  readonly byProduct: readonly Group[];
  /** Every day of the period, those without a sale too. */
  readonly byDay: readonly Group[];
  /** Every month the period touches; `name` is `yyyy-mm`. */
  readonly byMonth: readonly Group[];
  readonly revenueCents: (category: Category, region: Region) => number;
}

/** Adds up the sales of a period, both days included. Sales must lie within it. */
export function summarize(sales: Iterable<Sale>, startDate: string, endDate: string): Summary {
  const total = tally();
  const regions = tallies<Region>(REGIONS);
  const categories = tallies<Category>(CATEGORIES);
  const products = tallies<string>([]);
  const days = tallies<string>(daysBetween(startDate, endDate));
  const months = tallies<string>([...days.keys()].map(monthOf));
  const cells = tallies<string>([]);
  for (const sale of sales) {
    add(total, sale);
    add(at(regions, sale.region), sale);
    add(at(categories, sale.category), sale);
    add(at(products, sale.product), sale);
    add(at(days, sale.date), sale);
    add(at(months, monthOf(sale.date)), sale);
    add(at(cells, cell(sale.category, sale.region)), sale);
  }
  const whole = total.revenueCents;
  return {
    startDate,
    endDate,
    total,
    byRegion: groups(regions, whole),
    byCategory: groups(categories, whole),
    byProduct: groups(products, whole).toSorted((a, b) => b.revenueCents - a.revenueCents || a.name.localeCompare(b.name)),
    byDay: groups(days, whole),
    byMonth: groups(months, whole),
    revenueCents: (category, region) => cells.get(cell(category, region))?.revenueCents ?? 0,
  };
}

type Tally = { -readonly [Key in keyof Totals]: Totals[Key] };

function tally(): Tally {
  return { records: 0, units: 0, revenueCents: 0 };
}

function tallies<Name extends string>(names: Iterable<Name>): Map<Name, Tally> {
  return new Map(Array.from(names, (name) => [name, tally()]));
}

function at<Name extends string>(map: Map<Name, Tally>, name: Name): Tally {
  const found = map.get(name) ?? tally();
  map.set(name, found);
  return found;
}

function add(sums: Tally, sale: Sale): void {
  sums.records += 1;
  sums.units += sale.units;
  sums.revenueCents += amountCents(sale);
}

function groups<Name extends string>(map: Map<Name, Tally>, wholeCents: number): Group<Name>[] {
  return Array.from(map, ([name, sums]) => ({ name, ...sums, share: wholeCents === 0 ? 0 : sums.revenueCents / wholeCents }));
}

function cell(category: Category, region: Region): string {
  return `${category}/${region}`;
}

function monthOf(date: string): string {
  return date.slice(0, 7);
}

function daysBetween(startDate: string, endDate: string): string[] {
  const days: string[] = [];
  for (let ms = dayMs(startDate); ms <= dayMs(endDate); ms += MS_PER_DAY) days.push(isoDay(ms));
  return days;
}
