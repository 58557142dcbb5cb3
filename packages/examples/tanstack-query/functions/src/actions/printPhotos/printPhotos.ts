import { setTimeout } from "node:timers/promises";
import { TerminalError } from "@streamer/server";
import type { Run } from "@streamer/server";
import { priceOf } from "../quotePrints/price.ts";
import type { printPhotos } from "./action.ts";

/** Stands for the time that the printer takes for a sheet. */
const SHEET_MS = 200;
const PHOTOS_PER_SHEET = 5;
/** As much large paper as there is. */
const LARGE_PHOTOS = 100;

/** Sheet by sheet. When it is cancelled or out of time, `signal` ends it. */
export const run: Run<typeof printPhotos> = async ({ input, progress, signal }) => {
  const { photos, size } = input;
  if (size === "large" && photos > LARGE_PHOTOS) {
    // No attempt more would find more paper.
    throw new TerminalError("not enough paper", { details: { reason: "out_of_paper", available: LARGE_PHOTOS } });
  }
  for (let printed = 0; printed < photos; printed += PHOTOS_PER_SHEET) {
    progress((printed / photos) * 100, `${printed} of ${photos} photos`, { printed });
    await setTimeout(SHEET_MS, undefined, { signal });
  }
  return { photos, cents: priceOf(input) };
};
