import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseBenchmarks, UnknownBenchmarkError } from "./chooseBenchmarks.ts";
import { benchmarkList } from "./list.ts";
import type { Benchmark, Figure, Measurement } from "./measurement.ts";
import { withFigures } from "./page.ts";
import { percentile, percentilesOf } from "./percentile.ts";
import { reportOf, withRun } from "./report.ts";
import type { BenchReport } from "./report.ts";
import { runBenchmarks } from "./runBenchmarks.ts";
import { figuresTable } from "./table.ts";
import { meetsGoal } from "./verdict.ts";

const DOCS = resolve(import.meta.dirname, "../../../packages/docs");
const MACHINE = { cpus: 2, model: "A processor", memory: 8, node: "v24.0.0", platform: "linux x64" };

const figure = (given: Partial<Figure>): Figure => ({ id: "f", what: "a figure", unit: "ms", ours: 10, ...given });
const beside = (value: number) => ({ baseline: { what: "raw", value } });
const measured = (benchmark: string, ours = 10): Measurement => ({ benchmark, how: "Once.", figures: [figure({ ours })] });
const run = (...measurements: readonly Measurement[]): BenchReport =>
  reportOf(measurements, { machine: MACHINE, date: "2026-01-02T03:04:05.000Z", commit: "abc" });

describe("a goal", () => {
  it.each([
    ["of a ratio at its edge is met", figure({ ...beside(5), goal: { atMost: 2 } }), true],
    ["of a ratio beyond it is not", figure({ ...beside(4.9), goal: { atMost: 2 } }), false],
    ["of at least so much is met by more", figure({ ...beside(20), goal: { atLeast: 0.4 } }), true],
    ["of at least so much is not met by less", figure({ ...beside(30), goal: { atLeast: 0.4 } }), false],
    ["without a baseline is one of the figure itself", figure({ goal: { atMost: 9 } }), false],
    ["is met by no value that is no number", figure({ ours: Number.NaN, goal: { atMost: 9 } }), false],
  ])("%s", (_, one, met) => expect(meetsGoal(one)).toBe(met));

  it("that is not there is neither met nor missed", () => expect(meetsGoal(figure(beside(1)))).toBeUndefined());
});

it("percentiles are by the nearest rank, and of samples in any order", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 50)).toBe(50);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([1, 2, 3], 99)).toBe(3);
  expect(percentilesOf(hundred.toReversed())).toEqual({ p50: 50, p95: 95, p99: 99 });
});

it("the table has units, the ratio, the goal and whether it is met", () => {
  const figures = [
    figure({ what: "p50", ours: 5, ...beside(2), goal: { atMost: 2.5 } }),
    figure({ what: "rate", unit: "per second", ours: 1_234.5, ...beside(10_000), goal: { atLeast: 0.4 } }),
    figure({ what: "dollars", unit: "USD", ours: 0.0388, goal: { atMost: 0.04 } }),
    figure({ what: "memory", unit: "KB", ours: 12.34 }),
  ];
  const rows = figuresTable({ benchmark: "b", how: "", figures }).split("\n").slice(2);
  expect(rows.map((row) => row.replaceAll(/ +/g, " "))).toEqual([
    "| p50 | 5.00 ms | 2.00 ms, raw | 2.50 × | ≤ 2.5 × | met |",
    "| rate | 1,235 /s | 10,000 /s, raw | 0.12 × | ≥ 0.4 × | **not met** |",
    "| dollars | $0.0388 | – | – | ≤ $0.0400 | met |",
    "| memory | 12.3 KB | – | – | – | |",
  ]);
});

describe("a stored report", () => {
  it("takes a run's figures in place of its own of the same benchmarks, in the order of the list", () => {
    const stored = run(measured("a", 1), measured("b", 1));
    const { measurements } = withRun(stored, run(measured("c", 2), measured("a", 2)), ["a", "b", "c"]);
    expect(measurements.map(({ benchmark, figures }) => [benchmark, figures[0]?.ours])).toEqual([
      ["a", 2],
      ["b", 1],
      ["c", 2],
    ]);
  });

  it("keeps no figures of another machine", () => {
    const stored = { ...run(measured("a"), measured("b")), machine: { ...MACHINE, cpus: 64 } };
    expect(withRun(stored, run(measured("b")), ["a", "b"]).measurements.map(({ benchmark }) => benchmark)).toEqual(["b"]);
  });
});

describe("the page", () => {
  it("gets the tables where their places are, and says what was not measured", () => {
    const page = "# P\n<!-- figures: a -->old<!-- end -->\n\nprose\n<!-- figures: b --><!-- end -->";
    const text = withFigures(page, run(measured("a")));
    expect(text).toContain("Once. (2026-01-02, commit abc.)");
    expect(text).toContain("| a figure | 10.0 ms |");
    expect(text).not.toContain("old");
    expect(text).toContain("Not measured yet: `npm run bench -- b --write`.");
    expect(withFigures(text, run(measured("a")))).toBe(text);
  });

  it("without a place for a benchmark is refused: no figure is lost in silence", () => {
    expect(() => withFigures("<!-- figures: a --><!-- end -->", run(measured("b")))).toThrow(/no place for b/);
  });

  it("of figures is what the stored figures say, and has a place for every benchmark", async () => {
    const page = await readFile(`${DOCS}/figures.md`, "utf8");
    const report = JSON.parse(await readFile(`${DOCS}/figures/figures.json`, "utf8")) as BenchReport;
    expect(withFigures(page, report)).toBe(page);
    for (const { name } of benchmarkList) expect(page).toContain(`<!-- figures: ${name} -->`);
  });
});

describe("the choice", () => {
  const named = (name: string): Benchmark => ({ name, title: name, run: async () => measured(name) });
  const list = [named("a"), named("b"), named("c")];

  it("without a name is of all", () => {
    expect(chooseBenchmarks(list, []).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("by name is in the order of the list, each once", () => {
    expect(chooseBenchmarks(list, ["c", "a", "a"]).map(({ name }) => name)).toEqual(["a", "c"]);
  });

  it("of what there is not is refused with what there is", () => {
    expect(() => chooseBenchmarks(list, ["a", "x"])).toThrow(UnknownBenchmarkError);
    expect(() => chooseBenchmarks(list, ["x"])).toThrow('no benchmark "x". There are: a, b, c.');
  });

  it("is of benchmarks with names of their own", () => {
    const names = benchmarkList.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("a run", () => {
  const quiet = { quick: true, say: () => undefined };
  const benchmark = (name: string, work: () => Promise<Measurement>): Benchmark => ({ name, title: name, run: work });

  it("goes on after a benchmark that broke, and tells of it", async () => {
    const breaks = benchmark("breaks", () => Promise.reject(new Error("no engine")));
    const { measurements, broken } = await runBenchmarks(
      [breaks, benchmark("works", async () => measured("works"))],
      quiet,
      () => undefined,
    );
    expect(measurements).toEqual([measured("works")]);
    expect(broken).toMatchObject([{ name: "breaks", error: { message: "no engine" } }]);
  });

  it.each([
    ["a figure that is no number", [figure({ ours: Number.NaN })]],
    ["a baseline that is no number", [figure(beside(Number.NaN))]],
    ["a figure that is less than nothing", [figure({ ours: -1 })]],
    ["a baseline that is nothing", [figure(beside(0))]],
    ["two figures of one id", [figure({}), figure({})]],
  ])("%s is a benchmark that broke", async (_, figures) => {
    const { broken } = await runBenchmarks([benchmark("b", async () => ({ ...measured("b"), figures }))], quiet, () => undefined);
    expect(broken).toHaveLength(1);
  });
});
