import { expect, it } from "vitest";
import { storesBenchmark } from "./benchmark.ts";

it("each verb of the stores has a time, beside the call of the SDK that it is made of", async () => {
  const { benchmark, figures } = await storesBenchmark.run({ quick: true, say: () => undefined });
  expect(benchmark).toBe("stores");
  expect(figures.map(({ id }) => id)).toContain("stores.request.claim.p50");
  expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
  for (const { ours, baseline } of figures) {
    expect(ours).toBeGreaterThan(0);
    expect(baseline?.value).toBeGreaterThan(0);
  }
});
