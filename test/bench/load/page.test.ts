import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { loadBenchmarks } from "./benchmark.ts";
import { PAGE, readRecorded, renderLoad, withLoad } from "./page.ts";

it("the page says what was recorded", async () => {
  const page = await readFile(PAGE, "utf8");
  expect(page).toBe(withLoad(page, await readRecorded()));
});

it("what was recorded are benchmarks that there are", async () => {
  const names = loadBenchmarks.map(({ name }) => name);
  for (const { benchmark } of await readRecorded()) expect(names).toContain(benchmark);
});

it("a figure is shown with its unit and its goal", () => {
  const figures = [
    { id: "a", what: "echo, p50", unit: "ms", ours: 12.345 },
    { id: "b", what: "success rate", unit: "", ours: 0.9995, goal: { atLeast: 0.999 } },
    { id: "c", what: "lost", unit: "count", ours: 0, goal: { atMost: 0 } },
    { id: "d", what: "drained", unit: "per second", ours: 1_234.5 },
  ] as const;
  const rows = renderLoad([{ benchmark: "x", how: "so", figures }])
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .slice(2);
  expect(rows).toEqual([
    ["echo, p50", "12.3 ms", ""],
    ["success rate", "0.9995", "≥ 0.999"],
    ["lost", "0", "≤ 0"],
    ["drained", "1,234.5/s", ""],
  ]);
});

it("a page without its markers is refused", () => {
  expect(() => withLoad("# A page", [])).toThrow("npm run bench:load");
});
