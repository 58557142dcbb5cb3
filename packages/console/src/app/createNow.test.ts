import { createFakeClock } from "@streamer/protocol/testing";
import { expect, test } from "vitest";
import { createNow } from "./createNow.ts";

test("the time moves each second while somebody looks, and no timer runs when nobody does", async () => {
  const clock = createFakeClock();
  const now = createNow(clock);
  const before = now.get();
  const seen: number[] = [];
  const stops = [now.subscribe(() => seen.push(now.get() - before)), now.subscribe(() => {})];
  await clock.advance(3_000);
  expect(seen).toEqual([1_000, 2_000, 3_000]);
  for (const stop of stops) stop();
  expect(clock.pending).toBe(0);
});
