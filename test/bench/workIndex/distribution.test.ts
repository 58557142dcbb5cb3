import { WORK_SHARDS } from "@streamer/server";
import { expect, it } from "vitest";
import { distributionOf, ID_KINDS, writesPerSecond } from "./distribution.ts";

it.each(Object.entries(ID_KINDS))("ids that are %s fill no shard of the work index by a tenth more than its share", (_, ids) => {
  const { ids: count, shards, fullest } = distributionOf(ids(100_000));
  expect(count).toBe(100_000);
  expect(shards).toHaveLength(WORK_SHARDS);
  expect(shards.reduce((sum, shard) => sum + shard, 0)).toBe(100_000);
  expect(fullest).toBeLessThan(1.1);
});

it("ids that all fall into one shard are seen", () => {
  expect(distributionOf(["a", "a", "a"]).fullest).toBe(WORK_SHARDS);
});

it("one key takes what one partition takes; ten even ones ten times that, uneven ones less", () => {
  expect(writesPerSecond(1, 1)).toBe(1_000);
  expect(writesPerSecond(1, 10)).toBe(10_000);
  expect(writesPerSecond(2, 10)).toBe(5_000);
});
