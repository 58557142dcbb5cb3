import { createFakeClock } from "@streamer/protocol/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bundleFixtures } from "../lambda/fixtures/harness.ts";
import type { FixtureFunctions } from "../lambda/fixtures/harness.ts";
import { createSandboxFaults } from "./sandboxFaults.ts";
import { engineOf } from "./testing/testEngine.ts";

let functions: FixtureFunctions;
beforeAll(async () => {
  functions = await bundleFixtures(["simple.echo", "simple.hold", "clock.times"]);
});
afterEach(() => functions.stopPools());
afterAll(() => functions.close());

test("a sandbox is killed in mid-run: the invocation fails as a crash, and the next one has a new sandbox", async () => {
  const clock = createFakeClock();
  const engine = engineOf({ sandbox_killed: 1 });
  const pool = functions.pool("simple.hold", { clock, faults: createSandboxFaults("hold", engine) });
  await pool.warm();
  const failed = pool.invoke({ ms: 60_000 }).catch((error: unknown) => error);
  await clock.advance(500);
  expect(await failed).toMatchObject({ kind: "crash", errorType: "Runtime.ExitError" });
  expect(engine.chaos.counts.sandbox_killed).toBe(1);
  expect(functions.failures).toHaveLength(1);
  engine.chaos.calm();
  await expect(pool.invoke({ ms: 0 })).resolves.toBe(0);
});

test("an invocation that is done before its moment lives, and counts for nothing", async () => {
  const clock = createFakeClock();
  const engine = engineOf({ sandbox_killed: 1 });
  const pool = functions.pool("simple.echo", { clock, faults: createSandboxFaults("echo", engine) });
  await expect(pool.invoke("first")).resolves.toBe("first");
  await clock.advance(500);
  await expect(pool.invoke("second")).resolves.toBe("second");
  expect(pool.stats.sandboxes).toBe(1);
  expect(engine.chaos.counts.sandbox_killed).toBe(0);
});

test("calm spares a sandbox whose moment was still to come", async () => {
  const clock = createFakeClock();
  const engine = engineOf({ sandbox_killed: 1 });
  const pool = functions.pool("simple.hold", { clock, faults: createSandboxFaults("hold", engine) });
  await pool.warm();
  const held = pool.invoke({ ms: 50 });
  engine.chaos.calm();
  await clock.advance(500);
  await expect(held).resolves.toBe(50);
});

test("a sandbox that crashes at its start fails the event that waited for it, as a failed init", async () => {
  const engine = engineOf({ sandbox_crashed_at_start: 1 });
  const pool = functions.pool("simple.echo", { faults: createSandboxFaults("echo", engine) });
  await expect(pool.invoke("x")).rejects.toMatchObject({ kind: "init" });
  expect(engine.chaos.counts.sandbox_crashed_at_start).toBe(1);
  engine.chaos.calm();
  await expect(pool.invoke("x")).resolves.toBe("x");
});

test("a sandbox's clock is off from before the bundle loads, and only its wall clock", async () => {
  const skewMs = 3_600_000;
  const faults = { onStart: () => ({ crashes: false, clockSkewMs: skewMs }), onInvoke: () => undefined };
  const before = Date.now();
  const times = (await functions.pool("clock.times", { faults }).invoke({})) as Record<string, number | boolean>;
  const elapsedMs = Date.now() - before;
  for (const name of ["loaded", "now", "constructed", "called", "subclassed"]) {
    // A date's text has whole seconds only.
    expect(times[name]).toBeGreaterThanOrEqual(before + skewMs - 1_000);
    expect(times[name]).toBeLessThanOrEqual(before + skewMs + elapsedMs);
  }
  expect(times).toMatchObject({ parsed: 0, utc: 0, isDate: true });
  expect(times["originAndElapsed"]).toBeLessThan(before + skewMs / 2);
});

test("skews come from the seed, and are gone for sandboxes that start in calm", async () => {
  const engine = engineOf({}, { clockSkewMs: 86_400_000 });
  const twin = engineOf({}, { clockSkewMs: 86_400_000 });
  const pool = functions.pool("clock.times", { faults: createSandboxFaults("times", engine) });
  const skewOf = async (): Promise<number> => ((await pool.invoke({})) as { now: number }).now - Date.now();
  const expected = twin.nextClockSkewMs("times");
  expect(Math.abs(expected)).toBeGreaterThan(60_000);
  expect(Math.abs((await skewOf()) - expected)).toBeLessThan(10_000);
  engine.chaos.calm();
  const calm = functions.pool("clock.times", { faults: createSandboxFaults("times", engine) });
  const { now } = (await calm.invoke({})) as { now: number };
  expect(Math.abs(now - Date.now())).toBeLessThan(10_000);
});
