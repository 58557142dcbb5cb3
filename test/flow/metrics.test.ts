import { METRICS } from "@streamer/server/wiring";
import type { Metric } from "@streamer/server/wiring";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { synth } from "../infra/synth/synth.ts";
import type { Synth } from "../infra/synth/synth.ts";
import { startFailingStack } from "./failing/failingStack.ts";
import type { FailingStack } from "./failing/failingStack.ts";
import { announcedSeries, readSeries, withoutEqual, writtenSeries } from "./measuring/series.ts";
import type { Series } from "./measuring/series.ts";
import { liveThrough } from "./measuring/story.ts";

/** What no run shows, and why. */
const UNSEEN: Readonly<Record<string, string>> = {
  SendRefused: "a message too large, or a function without the right to send, is a defect of ours; sendMetrics.test.ts shows the number",
};
const NAMESPACE = "Streamer";
const own = METRICS.filter(({ namespace, logFilter }) => namespace === NAMESPACE && logFilter === undefined);

let failing: FailingStack;
let written: readonly Series[];
let apps: readonly Synth[];
beforeAll(async () => {
  failing = await startFailingStack({
    seed: 8,
    rates: { record_dropped: 0, post_gone: 0, post_throttled: 0, post_failed: 0, call_failed: 0 },
  });
  const evaluated = Promise.all(["prod", "staging"].map((stage) => synth({ stage })));
  evaluated.catch(() => undefined);
  await liveThrough(failing);
  written = writtenSeries(failing.logs);
  apps = await evaluated;
}, 240_000);
afterAll(() => failing.stop());

const namesOf = (series: readonly { readonly name: string }[]): readonly string[] =>
  [...new Set(series.map(({ name }) => name))].toSorted();

describe("what a run of the system writes", () => {
  it("is announced by the metric table: name, namespace, dimensions, unit, and who writes it", () => {
    expect(written.length).toBeGreaterThan(30);
    expect(withoutEqual(written, announcedSeries(own))).toEqual([]);
  });

  it("is every metric of the table that is ours, but for those that no run shows", () => {
    expect(namesOf(written)).toEqual(namesOf(own.filter(({ name, ratio }) => ratio === undefined && UNSEEN[name] === undefined)));
  });

  it("comes of each function that sends, and of each that looks at tokens", () => {
    const rolesOf = (name: string) => written.filter((one) => one.name === name).map(({ role }) => role);
    expect(rolesOf("MessagesSentPerMinute").toSorted()).toEqual(["notifier", "processor", "router", "sweeper"]);
    expect(rolesOf("AuthenticationFailures").toSorted()).toEqual(["connect", "router"]);
  });

  it("is what a ratio is made of", () => {
    const ratios = own.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio.of, ratio.to]));
    expect(ratios.length).toBeGreaterThan(0);
    expect(namesOf(written)).toEqual(expect.arrayContaining(ratios) as unknown);
  });

  it("has the cold starts where the metric's filter looks for them, of every kind of function", () => {
    const filter = METRICS.find(({ name }) => name === "InitDuration")?.logFilter;
    const path = (filter?.value ?? "").split(".").slice(1);
    const type = /\$\.type = "([^"]+)"/.exec(filter?.pattern ?? "")?.[1];
    expect(filter?.pattern).toContain(`(${filter?.value} = *)`);
    const starts = failing.logs.filter(({ fields }) => fields["type"] === type && typeof valueAt(fields, path) === "number");
    const sources = new Set(starts.map(({ source }) => (source.startsWith("process_") ? "processor" : source)));
    expect([...sources].toSorted()).toEqual(["connect", "disconnect", "notifier", "processor", "router", "sweeper"]);
  });
});

describe("what a deployed stage reads", () => {
  it("is what a run writes: every alarm and every graph on a metric of ours has a series of these dimensions", () => {
    for (const app of apps) {
      const read = readSeries(app.resources, NAMESPACE);
      expect(withoutEqual(read, announcedSeries(own))).toEqual([]);
      const unseen = new Set(Object.keys(UNSEEN));
      // Of a metric that several kinds of functions write, the run need not have seen each fail.
      const seenOfAnyone = written.flatMap((one) => read.filter(({ name }) => name === one.name).map(({ role }) => ({ ...one, role })));
      expect(
        withoutEqual(
          read.filter(({ name }) => !unseen.has(name)),
          seenOfAnyone,
        ),
      ).toEqual([]);
    }
  });

  it("is every metric of the table that is ours, in a graph, of every function that writes it", () => {
    for (const app of apps) {
      expect(withoutEqual(announcedSeries(own), readSeries(app.resources, NAMESPACE))).toEqual([]);
    }
  });
});

describe("the comparison misses nothing:", () => {
  const sent = (): Series => {
    const one = written.find(({ name, role }) => name === "MessagesSentPerMinute" && role === "router");
    if (one === undefined) throw new Error("the run wrote no MessagesSentPerMinute");
    return one;
  };

  it.each<[string, Partial<Series>]>([
    ["another name", { name: "MessagesSent" }],
    ["another namespace", { namespace: "Streamer/app" }],
    ["another unit", { unit: "Seconds" }],
    ["no dimension", { dimensions: [] }],
    ["a dimension more", { dimensions: ["FunctionName", "service"] }],
    ["a function that does not write it", { role: "connect" }],
  ])("%s on one side", (_, change) => {
    expect(withoutEqual([sent()], announcedSeries(own))).toEqual([]);
    expect(withoutEqual([{ ...sent(), ...change }], announcedSeries(own))).toHaveLength(1);
  });

  it("a row that is taken out of the table, or changed", () => {
    const changed = (change: (row: Metric) => Metric): readonly Metric[] => own.map((row) => (row.name === "SweepDue" ? change(row) : row));
    expect(withoutEqual(written, announcedSeries(own.filter(({ name }) => name !== "SweepDue")))).toHaveLength(1);
    expect(withoutEqual(written, announcedSeries(changed((row) => ({ ...row, unit: "Seconds" }))))).toHaveLength(1);
    expect(withoutEqual(written, announcedSeries(changed((row) => ({ ...row, dimensions: ["service"] }))))).toHaveLength(1);
  });
});

function valueAt(fields: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], fields);
}
