import { expect, test } from "vitest";
import { WORK_SHARDS } from "../table/keys.ts";
import { createRecordedTracer } from "../testing/recordedTracer.ts";
import { createSweeperHarness } from "../testing/sweeperHarness.ts";
import { createTestTable } from "../testing/testTable.ts";

test("a sweep is a segment, and each partition of open work one within; one that cannot be read is a fault of that one and of the sweep", async () => {
  const tracer = createRecordedTracer();
  const harness = createSweeperHarness(await createTestTable(), {
    deps: ({ requests }) => ({
      tracer,
      requests: {
        ...requests,
        listDue: (shard, ...rest) => (shard === 3 ? Promise.reject(new Error("down")) : requests.listDue(shard, ...rest)),
      },
    }),
  });
  await expect(harness.sweep()).rejects.toThrow(AggregateError);
  const shards = tracer.segments.filter(({ name }) => name === "shard");
  expect(shards.map(({ annotations }) => annotations.shard)).toHaveLength(WORK_SHARDS);
  expect(new Set(shards.map(({ annotations }) => annotations.shard))).toEqual(new Set(Array.from({ length: WORK_SHARDS }).keys()));
  expect(shards.filter(({ failure }) => failure !== undefined).map(({ annotations }) => annotations.shard)).toEqual([3]);
  expect(tracer.only("sweep").failure).toMatchObject({ kind: "fault", type: "AggregateError" });
});
