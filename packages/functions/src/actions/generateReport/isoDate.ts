import * as v from "valibot";

export const MS_PER_DAY = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** Midnight UTC of an ISO date, in ms since 1970. NaN for what is no date. */
export function dayMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** The ISO date, in UTC, of a moment in ms since 1970. */
export function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** How many days from the first to the last, both counted. */
export function spanDays(startDate: string, endDate: string): number {
  return Math.round((dayMs(endDate) - dayMs(startDate)) / MS_PER_DAY) + 1;
}

/** Whether the calendar has this day. JavaScript takes 2024-02-31 for 2 March, so the date must survive the way there and back. */
export function isCalendarDate(text: string): boolean {
  if (!FORM.test(text)) return false;
  const ms = dayMs(text);
  return !Number.isNaN(ms) && isoDay(ms) === text;
}

/** A day as people write it to machines: `2024-01-31`. Days that the calendar does not have are refused. */
export const isoDate = v.pipe(
  v.string("must be a date such as 2024-01-31"),
  v.regex(FORM, "must be a date such as 2024-01-31"),
  // One complaint a field is enough.
  v.check(
    (text) => !FORM.test(text) || isCalendarDate(text),
    (issue) => `${issue.input} is not a day of the calendar`,
  ),
);
