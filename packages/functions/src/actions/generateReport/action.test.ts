import { parse, ValidationError } from "@streamer/protocol";
import type { ValidationIssue } from "@streamer/protocol";
import { expect, test } from "vitest";
import { generateReport } from "./action.ts";

const january = { start_date: "2024-01-01", end_date: "2024-01-31" };

async function issuesOf(payload: unknown): Promise<readonly ValidationIssue[]> {
  const error: unknown = await parse(generateReport.input, payload).catch((refusal: unknown) => refusal);
  if (!(error instanceof ValidationError)) throw new Error("The payload was not refused.", { cause: error });
  return error.details?.["issues"] as ValidationIssue[];
}

test("format is pdf and charts are included unless told otherwise", async () => {
  expect(await parse(generateReport.input, january)).toEqual({ ...january, format: "pdf", include_charts: true });
});

test.each(["2024-02-31", "2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00"])(
  "%s is not a day of the calendar",
  async (date) => {
    expect(await issuesOf({ ...january, end_date: date })).toEqual([{ path: "end_date", message: `${date} is not a day of the calendar` }]);
  },
);

test.each(["2024-1-1", "01.02.2024", "2024-01-01T00:00:00Z", "yesterday", ""])("%j is not written as a date", async (date) => {
  expect(await issuesOf({ ...january, start_date: date })).toMatchObject([
    { path: "start_date", message: "must be a date such as 2024-01-31" },
  ]);
});

test("29 February is a day of a leap year", async () => {
  await expect(parse(generateReport.input, { start_date: "2024-02-29", end_date: "2024-02-29" })).resolves.toMatchObject({});
});

test("a start date after the end date is refused at the start date", async () => {
  expect(await issuesOf({ start_date: "2024-02-01", end_date: "2024-01-31" })).toEqual([
    { path: "start_date", message: "start date must be before end date: 2024-02-01 is after 2024-01-31" },
  ]);
});

test("a period of 366 days is taken and one of 367 is refused at the end date", async () => {
  await expect(parse(generateReport.input, { start_date: "2024-01-01", end_date: "2024-12-31" })).resolves.toMatchObject({});
  expect(await issuesOf({ start_date: "2023-12-31", end_date: "2024-12-31" })).toEqual([
    {
      path: "end_date",
      message: "the period has 367 days; a report takes at most 366. Choose an earlier end date",
    },
  ]);
});

test("missing fields are each named", async () => {
  expect((await issuesOf({})).map((issue) => issue.path)).toEqual(["start_date", "end_date"]);
});

test("every wrong field is named, and the period is not judged by dates that are none", async () => {
  const issues = await issuesOf({ start_date: "2024-02-31", end_date: "2024-01-01", format: "docx", include_charts: "yes" });
  expect(issues.map((issue) => issue.path)).toEqual(["start_date", "format", "include_charts"]);
});

test("a payload that is no object is refused", async () => {
  expect(await issuesOf("2024")).toMatchObject([{ path: "" }]);
});
