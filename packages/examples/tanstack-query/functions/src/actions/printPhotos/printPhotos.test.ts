import { runProcessor } from "@streamer/server/testing";
import { expect, test } from "vitest";
import { priceOf } from "../quotePrints/price.ts";
import { printPhotos } from "./action.ts";
import { run } from "./printPhotos.ts";

test("photos are printed sheet by sheet, and cost what was quoted", async () => {
  const input = { photos: 12, size: "medium" } as const;
  const work = runProcessor(printPhotos, run, { input });
  expect(await work.end).toMatchObject({ status: "completed", data: { photos: 12, cents: priceOf(input) } });
  expect(work.progress.map(({ message }) => message)).toEqual(["0 of 12 photos", "5 of 12 photos", "10 of 12 photos"]);
  expect(work.progress.map(({ metadata }) => metadata?.printed)).toEqual([0, 5, 10]);
});

test("more large photos than there is paper for is final, and says how many there are", async () => {
  const end = await runProcessor(printPhotos, run, { input: { photos: 101, size: "large" } }).end;
  expect(end).toMatchObject({ status: "failed", message: { error: { details: { reason: "out_of_paper", available: 100 } } } });
});

test("a cancelled order stops between two sheets", async () => {
  const work = runProcessor(printPhotos, run, { input: { photos: 500, size: "small" } });
  work.cancel();
  expect(await work.end).toMatchObject({ status: "cancelled" });
});

test("the hundredth photo and those after it cost half", () => {
  expect(priceOf({ photos: 99, size: "small" })).toBe(99 * 15);
  expect(priceOf({ photos: 101, size: "small" })).toBe(100 * 15);
});
