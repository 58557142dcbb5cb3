import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { createChaosEngine } from "./engine.ts";
import type { ChaosEngine } from "./engine.ts";
import { DEFAULT_RATES, FAULT_KINDS } from "./settings.ts";
import { engineOf, silent } from "./testing/testEngine.ts";
import type { ChaosOptions } from "./types.ts";

const create = (options: ChaosOptions): ChaosEngine => createChaosEngine(options, { clock: createFakeClock(), logger: silent });
const keys = Array.from({ length: 200 }, (_, n) => `r${n}`);

/** What awaits a thing at its first occasions, of each kind. */
function fatesOf(engine: ChaosEngine, key: string, occasions = 5): readonly (number | undefined)[] {
  return FAULT_KINDS.flatMap((kind) => Array.from({ length: occasions }, () => engine.fateOf(kind, key)?.delayMs));
}

describe("decisions", () => {
  test("the same seed decides the same of the same things, in whatever order they come", () => {
    const [one, other] = [create({ seed: 42 }), create({ seed: 42 })];
    const first = new Map(keys.map((key) => [key, fatesOf(one, key)]));
    const second = new Map(keys.toReversed().map((key) => [key, fatesOf(other, key)]));
    for (const key of keys) expect(second.get(key)).toEqual(first.get(key));
    expect([...first.values()].flat().some((delayMs) => delayMs !== undefined)).toBe(true);
  });

  test("they are stable over versions: a seed in a report can be run again", () => {
    const engine = create({ seed: 42 });
    const struck = keys.filter((key) => engine.fateOf("record_dropped", key) !== undefined);
    expect(struck).toMatchInlineSnapshot(`
      [
        "r0",
        "r5",
        "r191",
      ]
    `);
  });

  test("another seed decides otherwise", () => {
    const all = (seed: number) => {
      const engine = create({ seed });
      return keys.map((key) => fatesOf(engine, key));
    };
    expect(all(1)).not.toEqual(all(2));
  });

  test("each occasion of a thing is decided anew", () => {
    const engine = engineOf({ event_dropped: 0.5 });
    const fates = Array.from({ length: 50 }, () => engine.fateOf("event_dropped", "r1") !== undefined);
    expect(new Set(fates)).toEqual(new Set([true, false]));
  });

  test("a fault comes at the share of occasions that its rate says", () => {
    const engine = engineOf({ call_failed: 0.1 });
    const times = 100_000;
    let struck = 0;
    for (let n = 0; n < times; n += 1) if (engine.fateOf("call_failed", `k${n}`) !== undefined) struck += 1;
    // Three times what chance allows: sqrt(0.1 × 0.9 / times) is about 0.001.
    expect(Math.abs(struck / times - 0.1)).toBeLessThan(0.003);
  });

  test("rate 0 is never, rate 1 is always", () => {
    const engine = engineOf({ post_gone: 1 });
    for (const key of keys) {
      expect(engine.fateOf("post_gone", key)).toBeDefined();
      expect(engine.fateOf("post_slow", key)).toBeUndefined();
    }
  });

  test("delays are spread from 0 to the longest allowed", () => {
    const engine = engineOf({ event_delayed: 1 }, { maxDelayMs: 80 });
    const delays = keys.map((key) => engine.fateOf("event_delayed", key)?.delayMs ?? -1);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...delays)).toBeLessThan(10);
    expect(Math.max(...delays)).toBeGreaterThan(70);
    expect(Math.max(...delays)).toBeLessThan(80);
  });

  test("sandboxes' clocks are off by their own amounts, either way, within the limit; and right by default", () => {
    const engine = engineOf({}, { clockSkewMs: 1_000 });
    const skews = Array.from({ length: 100 }, () => engine.nextClockSkewMs("router"));
    expect(skews.every((skewMs) => Math.abs(skewMs) <= 1_000)).toBe(true);
    expect(Math.min(...skews)).toBeLessThan(-500);
    expect(Math.max(...skews)).toBeGreaterThan(500);
    expect(Math.abs(engineOf({}).nextClockSkewMs("router"))).toBe(0);
  });
});

describe("calm and rage", () => {
  test("in calm nothing awaits anything, clocks are right, and rage goes on as if there had been no calm", () => {
    const [one, other] = [create({ seed: 5, clockSkewMs: 50 }), create({ seed: 5, clockSkewMs: 50 })];
    one.chaos.calm();
    expect(keys.flatMap((key) => fatesOf(one, key)).every((fate) => fate === undefined)).toBe(true);
    expect(one.nextClockSkewMs("f")).toBe(0);
    for (const key of keys) fatesOf(other, key);
    other.nextClockSkewMs("f");
    one.chaos.rage();
    for (const key of keys) expect(fatesOf(one, key)).toEqual(fatesOf(other, key));
    expect(one.nextClockSkewMs("f")).toBe(other.nextClockSkewMs("f"));
  });

  test("what was decided before the calm does not happen in it, nor count", () => {
    const engine = engineOf({ sandbox_killed: 1 });
    const fate = engine.fateOf("sandbox_killed", "f");
    engine.chaos.calm();
    expect(fate?.strike()).toBe(false);
    expect(engine.chaos.counts.sandbox_killed).toBe(0);
  });

  test("raging with other rates, these faults come and no others", () => {
    const engine = engineOf({ sandbox_killed: 1 });
    engine.chaos.rage({ post_failed: 1 });
    expect(engine.fateOf("sandbox_killed", "f")).toBeUndefined();
    expect(engine.fateOf("post_failed", "r1")?.strike()).toBe(true);
    expect(() => engine.chaos.rage({ post_failed: 2 })).toThrow(RangeError);
    engine.chaos.rage();
    expect(engine.fateOf("post_failed", "r1")?.strike()).toBe(true);
  });

  test("what happens is counted and logged with its kind and key", () => {
    const lines: unknown[] = [];
    const logger = { ...silent, info: (message: string, fields?: object) => void lines.push({ message, ...fields }) };
    const engine = createChaosEngine({ seed: 1, rates: { socket_cut: 1 } }, { clock: createFakeClock(), logger });
    expect(engine.fateOf("socket_cut", "in r1")?.strike()).toBe(true);
    expect(engine.chaos.counts.socket_cut).toBe(1);
    expect(lines).toEqual([{ message: "injected socket_cut at in r1", kind: "socket_cut", key: "in r1" }]);
  });

  test("stopping ends what waits, waits for what was held back, and stays calm", async () => {
    const engine = engineOf({ event_dropped: 1 }, {}, createFakeClock());
    const done: string[] = [];
    engine.follow(engine.wait(60_000).then(() => void done.push("held back")));
    await engine.stop();
    expect(done).toEqual(["held back"]);
    engine.chaos.rage();
    expect(engine.fateOf("event_dropped", "r1")).toBeUndefined();
  });
});

describe("options", () => {
  test.each<[string, ChaosOptions, RegExp]>([
    ["a seed that is no integer", { seed: 1.5 }, /safe integer, not 1\.5/],
    ["a seed beyond the safe integers", { seed: 2 ** 53 }, /safe integer/],
    ["a rate over 1", { seed: 1, rates: { post_gone: 1.1 } }, /"post_gone" is a share from 0 to 1, not 1\.1/],
    ["a rate that is no number", { seed: 1, rates: { post_gone: Number.NaN } }, /not NaN/],
    ["a fault that is none", { seed: 1, rates: { post_gon: 1 } as object }, /no fault "post_gon".*post_gone/],
    ["a negative skew", { seed: 1, clockSkewMs: -1 }, /clockSkewMs is 0 or more/],
    ["an endless delay", { seed: 1, maxDelayMs: Infinity }, /maxDelayMs is 0 or more/],
  ])("%s is refused", (_name, options, message) => {
    expect(() => create(options)).toThrow(message);
    expect(() => create(options)).toThrow(RangeError);
  });

  test("on a rough day every fault comes, and none at every tenth occasion", () => {
    for (const rate of Object.values(DEFAULT_RATES)) expect(rate > 0 && rate < 0.1).toBe(true);
  });
});
