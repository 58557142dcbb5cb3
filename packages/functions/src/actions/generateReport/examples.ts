import type { InputOf } from "@streamer/protocol";
import type { generateReport } from "./action.ts";
import type { Example, InvalidExample } from "../example.ts";

type Input = InputOf<typeof generateReport>;

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<Input>[] = [
  { title: "A month, as a PDF with charts", payload: { start_date: "2024-01-01", end_date: "2024-01-31" } },
  { title: "A quarter, as CSV", payload: { start_date: "2024-01-01", end_date: "2024-03-31", format: "csv" } },
  { title: "A whole leap year, without charts", payload: { start_date: "2024-01-01", end_date: "2024-12-31", include_charts: false } },
];

/** Payloads that are refused. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "It ends before it begins",
    payload: { start_date: "2024-02-01", end_date: "2024-01-01" },
    code: "VALIDATION_ERROR",
    issue: { path: "start_date", message: "start date must be before end date: 2024-02-01 is after 2024-01-01" },
  },
  {
    title: "A day that the calendar does not have",
    payload: { start_date: "2024-02-30", end_date: "2024-03-31" },
    code: "VALIDATION_ERROR",
    issue: { path: "start_date", message: "2024-02-30 is not a day of the calendar" },
  },
  {
    title: "A format that there is not",
    payload: { start_date: "2024-01-01", end_date: "2024-01-31", format: "docx" },
    code: "VALIDATION_ERROR",
    issue: { path: "format", message: 'must be "pdf" or "csv"' },
  },
  {
    title: "Longer than a leap year",
    payload: { start_date: "2023-01-01", end_date: "2024-12-31" },
    code: "VALIDATION_ERROR",
    issue: { path: "end_date", message: "the period has 731 days; a report takes at most 366. Choose an earlier end date" },
  },
];
