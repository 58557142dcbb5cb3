import { createWiring } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isTerminal } from "../support/wireClient.ts";
import { actions } from "./app/src/actions/index.ts";
import { MINUTE_MS, startFailingStack, WAIT } from "./failing/failingStack.ts";
import type { FailingStack } from "./failing/failingStack.ts";
import { openPerson, until } from "./failing/person.ts";
import type { Handle, Person } from "./failing/person.ts";

let failing: FailingStack;
beforeAll(async () => {
  failing = await startFailingStack({ seed: 3156, rates: { sandbox_killed: 1 }, maxDelayMs: 8_000 });
});
afterAll(() => failing.stop());

/** The lease of a lost worker ends. The next sweep lets the request wait for its next attempt, and sends its event. */
const leaseEnds = (ada: Person, handle: Handle) => failing.letTimePass(ada.refOf(handle), MINUTE_MS);
const eventsOf = async (ada: Person) => (await ada.lines()).map(({ attempt, event }) => [attempt, event]);

describe("a worker that dies", () => {
  it("by a kill is noticed within two minutes: the client sees `retrying`, and another attempt completes", async () => {
    const ada = await openPerson(failing, "acme");
    failing.rage();
    // With this seed and these names connection and router have five seconds to answer, and the worker is killed after two.
    const handle = ada.submit("flaky", ["hangs"], { id: "killed" });
    await vi.waitUntil(() => failing.struck("sandbox_killed", "process_flaky acme/ada/killed") === 1, WAIT);
    failing.calm();
    expect(await eventsOf(ada)).toEqual([[1, "start"]]);
    expect(handle.status).toBe("running");
    // A lease, and the time to the next sweep.
    const [sweeps] = createWiring(actions).schedules;
    expect(actions.flaky.leaseMs + (sweeps?.everyMs ?? Infinity)).toBeLessThanOrEqual(2 * MINUTE_MS);
    await failing.letTimePass(ada.refOf(handle), actions.flaky.leaseMs);
    await until(handle, "retrying");
    expect(handle.retryAt).toBeInstanceOf(Date);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
    expect(ada.framesOf(handle).filter((frame) => frame["type"] === "error")).toEqual([]);
  });

  it("in each attempt ends its request with WORKER_LOST: no attempt is begun beyond the last", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("flaky", ["dies", "dies", "dies"]);
    for (const attempt of [1, 2, 3]) {
      await ada.written("start", attempt);
      await leaseEnds(ada, handle);
    }
    await expect(handle.result()).rejects.toMatchObject({ code: "WORKER_LOST", retryable: true });
    expect(await eventsOf(ada)).toEqual([1, 2, 3].map((attempt) => [attempt, "start"]));
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "failed", attempt: 3 });
  });

  it("after a `once` has done its effect has it done once: its log has one line", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("flaky", ["charges and dies", "charges"]);
    await ada.written("charge");
    await leaseEnds(ada, handle);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
    expect(await eventsOf(ada)).toEqual([
      [1, "start"],
      [1, "charge"],
      [2, "start"],
      [2, "end"],
    ]);
  });

  it("leaves a payload over 32 KB to the next attempt, whose result over 128 KB comes back whole", async () => {
    const ada = await openPerson(failing);
    const filling = "ü".repeat(100_000);
    const handle = ada.submit("flaky", ["dies"], { filling });
    await ada.written("start");
    await leaseEnds(ada, handle);
    expect(await handle.result()).toEqual({ attempt: 2, filling });
  });
});

describe("work that keeps the processor busy, and so cannot renew its lease", () => {
  it("with the default lease: another attempt takes over, and exactly one settles", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("busy", ["keeps busy", "waits"]);
    await ada.written("start");
    const watcher = await ada.watch(handle.id);
    await leaseEnds(ada, handle);
    await ada.written("start", 2);
    await ada.go(1);
    const isDropped = () =>
      failing.logs.some(({ source, level, fields }) => source === "process_busy" && level === "warn" && fields["attempt"] === 1);
    await vi.waitUntil(isDropped, WAIT);
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "processing", attempt: 2 });

    await ada.go(2);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
    expect(await eventsOf(ada)).toEqual([
      [1, "start"],
      [2, "start"],
      [1, "end"],
      [2, "end"],
    ]);
    await watcher.waitFor(isTerminal);
    expect([...watcher.frames, ...ada.framesOf(handle)].filter(isTerminal)).toHaveLength(2);
  });

  it("with the lease `untilDeadline`: nobody takes it, and its own attempt settles", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("busyUntilDeadline", ["keeps busy"]);
    await ada.written("start");
    await failing.letTimePass(ada.refOf(handle), 2 * MINUTE_MS);
    await failing.swept();
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "processing", attempt: 1 });
    await ada.go();
    expect(await handle.result()).toMatchObject({ attempt: 1 });
    expect(await eventsOf(ada)).toEqual([
      [1, "start"],
      [1, "end"],
    ]);
  });

  it("with the lease `untilDeadline`: its death is noticed once its function has ended for sure", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("busyUntilDeadline", ["dies"]);
    await ada.written("start");
    await failing.letTimePass(ada.refOf(handle), 5 * MINUTE_MS);
    await failing.swept();
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "processing", attempt: 1 });
    await leaseEnds(ada, handle);
    expect(await handle.result()).toMatchObject({ attempt: 2 });
  });
});
