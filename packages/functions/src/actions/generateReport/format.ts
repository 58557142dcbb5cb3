import { dayMs } from "./isoDate.ts";

const LOCALE = "en-GB";
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const exactMoney = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const longDay = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "short", timeZone: "UTC" });
const shortDay = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" });
const longMonth = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric", timeZone: "UTC" });

/** Numbers and days as the report writes them: one language for all readers, times in UTC. */
export const format = {
  count: (value: number) => whole.format(value),
  average: (value: number) => oneDecimal.format(value),
  percent: (share: number) => percent.format(share),
  /** Whole dollars. */
  money: (cents: number) => money.format(cents / 100),
  exactMoney: (cents: number) => exactMoney.format(cents / 100),
  /** `2024-01-31` → `31 January 2024`. */
  day: (date: string) => longDay.format(dayMs(date)),
  /** `2024-01-31` → `31 Jan`. */
  shortDay: (date: string) => shortDay.format(dayMs(date)),
  /** `2024-01-31` → `Wed 31 Jan`. */
  weekday: (date: string) => `${weekday.format(dayMs(date))} ${shortDay.format(dayMs(date))}`,
  /** `2024-01` → `January 2024`. */
  month: (month: string) => longMonth.format(dayMs(`${month}-01`)),
  /** Ms since 1970 → `2024-01-31 12:00 UTC`. */
  moment: (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`,
};
