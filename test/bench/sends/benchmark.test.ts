import { expect, it } from "vitest";
import { sendsBenchmark } from "./benchmark.ts";

it("one send, broadcasts and first broadcasts each have a time, beside bare posts", async () => {
  const { benchmark, figures } = await sendsBenchmark.run({ quick: true, say: () => undefined });
  expect(benchmark).toBe("sends");
  expect(figures.map(({ id }) => id)).toEqual([
    "sends.one.p50",
    "sends.one.p99",
    "sends.broadcast.100.p50",
    "sends.broadcast.100.p99",
    "sends.broadcast.1000.p50",
    "sends.broadcast.1000.p99",
    "sends.first.p50",
    "sends.first.warm",
  ]);
  for (const { ours, baseline } of figures) {
    expect(ours).toBeGreaterThan(0);
    expect(baseline?.value).toBeGreaterThan(0);
  }
}, 120_000);
