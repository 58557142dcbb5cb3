import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HOUR_MS, MINUTE_MS, startFailingStack, WAIT } from "./failing/failingStack.ts";
import type { FailingStack } from "./failing/failingStack.ts";
import { openPerson } from "./failing/person.ts";
import type { Handle, Person } from "./failing/person.ts";

describe("an event that gets lost", () => {
  let failing: FailingStack;
  beforeAll(async () => {
    failing = await startFailingStack({ seed: 1, rates: { record_dropped: 1, sandbox_crashed_at_start: 1 } });
  });
  afterAll(() => failing.stop());

  /** Submits a request whose event is lost between the table and the bus. The stack rages on. */
  const submitLost = async (action: "flaky" | "busy" = "flaky"): Promise<{ ada: Person; handle: Handle }> => {
    const ada = await openPerson(failing);
    failing.rage();
    const handle = ada.submit(action, ["works"]);
    await vi.waitUntil(() => failing.struck("record_dropped", `request#${ada.tenant}#${handle.id}/request`) === 1, WAIT);
    return { ada, handle };
  };

  it("is found by the sweeper, and the request completes", async () => {
    const { ada, handle } = await submitLost();
    failing.calm();
    await handle.accepted();
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "pending", dispatches: 0 });
    await failing.letTimePass(ada.refOf(handle), MINUTE_MS);
    expect(await handle.result()).toMatchObject({ attempt: 1 });
    expect(await ada.lines("start")).toHaveLength(1);
  });

  it("leaves its request alone for a minute: what is only slow is not sent twice", async () => {
    const { ada, handle } = await submitLost();
    failing.calm();
    await failing.letTimePass(ada.refOf(handle), MINUTE_MS / 2);
    await failing.swept();
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "pending", dispatches: 0 });
  });

  it("again and again makes its request fail with EXPIRED after 24 hours; its client is told", async () => {
    const { ada, handle } = await submitLost();
    failing.calm();
    await failing.letTimePass(ada.refOf(handle), 24 * HOUR_MS + MINUTE_MS);
    await expect(handle.result()).rejects.toMatchObject({ code: "EXPIRED", retryable: false });
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "failed", attempt: 0 });
    expect(await ada.lines()).toEqual([]);
  });

  it("and then a worker that crashes at its start: the request completes, and in its first attempt", async () => {
    // An action that has no sandbox yet.
    const { ada, handle } = await submitLost("busy");
    await failing.letTimePass(ada.refOf(handle), MINUTE_MS);
    await vi.waitUntil(() => failing.struck("sandbox_crashed_at_start", "process_busy") === 1, WAIT);
    failing.calm();
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "pending", attempt: 0, dispatches: 1 });
    await failing.letTimePass(ada.refOf(handle), 2 * MINUTE_MS);
    expect(await handle.result()).toMatchObject({ attempt: 1 });
    expect(await ada.lines("start")).toHaveLength(1);
  });
});

describe("what comes more than once", () => {
  let failing: FailingStack;
  beforeAll(async () => {
    failing = await startFailingStack({
      seed: 1,
      rates: { record_duplicated: 1, event_duplicated: 1, message_duplicated: 1 },
      maxDelayMs: 100,
    });
  });
  afterAll(() => failing.stop());

  it.each([
    ["while it is worked on", ["waits"]],
    ["after it is done", ["works"]],
  ] as const)("a request whose events and messages are doubled %s is worked on once", async (when, deeds) => {
    const ada = await openPerson(failing);
    failing.rage();
    const handle = ada.submit("flaky", deeds);
    // One record becomes two, each of those two events, and each of those is handled twice.
    const doubled = () => failing.struck("message_duplicated", `flaky ${ada.tenant}/ada/${handle.id}`) >= 4;
    if (when === "while it is worked on") await vi.waitUntil(doubled, WAIT);
    await ada.go();
    expect(await handle.result()).toMatchObject({ attempt: 1 });
    await vi.waitUntil(doubled, WAIT);
    failing.calm();
    expect((await ada.lines()).map(({ event }) => event)).toEqual(["start", "end"]);
    expect(ada.framesOf(handle).filter((frame) => frame["type"] === "complete")).toHaveLength(1);
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "completed", attempt: 1 });
  });
});
