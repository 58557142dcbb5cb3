import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MINUTE_MS, startFailingStack, WAIT } from "./failing/failingStack.ts";
import type { FailingStack } from "./failing/failingStack.ts";
import { endOf, openPerson, until } from "./failing/person.ts";
import type { Handle } from "./failing/person.ts";

let failing: FailingStack;
beforeAll(async () => {
  failing = await startFailingStack();
});
afterAll(() => failing.stop());

const isCancelled = (handle: Handle, reason: string) =>
  expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason } });
const told = (handle: Handle, reason: string) => ({ type: "cancelled", request_id: handle.id, reason });

describe("a request that is cancelled", () => {
  it("while it waits for a worker ends at once, for who else watches it too, and is never begun", async () => {
    const ada = await openPerson(failing);
    const [first, second] = [ada.submit("stoppable", ["waits"]), ada.submit("stoppable", ["waits"])];
    await ada.written("start", 2);
    const handle = ada.submit("stoppable", ["works"]);
    await handle.accepted();
    const watcher = await ada.watch(handle.id);
    await handle.cancel("no hurry");
    await isCancelled(handle, "no hurry");
    expect(await endOf(watcher, handle.id)).toMatchObject(told(handle, "no hurry"));

    await ada.go();
    await Promise.all([first.result(), second.result()]);
    // Its message is taken and finds nothing to do.
    const taken = () => failing.logs.some(({ fields }) => fields["request_id"] === handle.id && fields["status"] === "cancelled");
    await vi.waitUntil(taken, WAIT);
    expect(await ada.lines("start")).toHaveLength(2);
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "cancelled", attempt: 0 });
  });

  it("while it runs: its work is told at its next heartbeat, and when it has ended so has the request, for all who watch", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("stoppable", ["hangs"]);
    await ada.written("start");
    const watcher = await ada.watch(handle.id);
    await handle.cancel("enough");
    await isCancelled(handle, "enough");
    expect(await endOf(watcher, handle.id)).toMatchObject(told(handle, "enough"));
    expect(await ada.lines()).toMatchObject([{ event: "start" }, { event: "stopped", code: "CANCELLED" }]);
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "cancelled", attempt: 1, lastProgress: 40 });
  });

  it("while it runs, and its work does not heed it: it ends ten seconds after the work was told", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("stoppable", ["ignores"]);
    await ada.written("start");
    const watcher = await ada.watch(handle.id);
    await handle.cancel("enough");
    expect(handle.status).toBe("running");
    await isCancelled(handle, "enough");
    expect(await endOf(watcher, handle.id)).toMatchObject(told(handle, "enough"));
    const [stopped] = await ada.lines("stopped");
    const { endedAt = 0 } = await failing.stored(ada.refOf(handle));
    expect(endedAt - (stopped?.at ?? 0)).toBeGreaterThanOrEqual(9_900);
  });

  it("while its worker is dead: the sweeper honours it, although attempts are left", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("stoppable", ["dies"]);
    await ada.written("start");
    const dead = () =>
      failing.logs.some(({ level, source, fields }) => level === "error" && source === "lambda" && fields["kind"] === "crash");
    await vi.waitUntil(dead, WAIT);
    const watcher = await ada.watch(handle.id);
    await handle.cancel("too late for that");
    expect(handle.status).toBe("running");
    await failing.letTimePass(ada.refOf(handle), MINUTE_MS);
    await isCancelled(handle, "too late for that");
    expect(await endOf(watcher, handle.id)).toMatchObject(told(handle, "too late for that"));
    expect(await ada.lines()).toMatchObject([{ attempt: 1, event: "start" }]);
  });

  it("after it has ended: its end stands", async () => {
    const ada = await openPerson(failing);
    const handle = ada.submit("stoppable", ["works"]);
    await until(handle, "completed");
    const watcher = await ada.watch(handle.id);
    watcher.send({ type: "cancel", request_id: handle.id });
    expect(await watcher.waitFor((frame) => frame["type"] === "complete")).toMatchObject({ result: { data: { attempt: 1 } } });
    expect(await failing.stored(ada.refOf(handle))).toMatchObject({ status: "completed", cancelRequestedAt: undefined });
  });
});
