import { expect, test, vi } from "vitest";
import { sleep, systemClock } from "./clock.ts";
import { createFakeClock } from "./testing/fakeClock.ts";

/** Whether a promise has settled by now. */
function watch(promise: Promise<unknown>) {
  const seen: { state: "waiting" | "resolved" | "rejected"; reason?: unknown } = { state: "waiting" };
  promise.then(
    () => (seen.state = "resolved"),
    (reason: unknown) => Object.assign(seen, { state: "rejected", reason }),
  );
  return seen;
}

test("sleep ends after its time and not before", async () => {
  const clock = createFakeClock();
  const slept = watch(sleep(clock, 1_000));
  await clock.advance(999);
  expect(slept.state).toBe("waiting");
  await clock.advance(1);
  expect(slept.state).toBe("resolved");
});

test("an aborted sleep ends at once with the signal's reason and leaves no timer", async () => {
  const clock = createFakeClock();
  const abort = new AbortController();
  const reason = new Error("stopped");
  const slept = watch(sleep(clock, 1_000, abort.signal));
  abort.abort(reason);
  await clock.advance(0);
  expect(slept).toEqual({ state: "rejected", reason });
  expect(clock.pending).toBe(0);
});

test("a sleep under an aborted signal does not begin", async () => {
  const clock = createFakeClock();
  await expect(sleep(clock, 1_000, AbortSignal.abort("done"))).rejects.toBe("done");
  expect(clock.pending).toBe(0);
});

test("a sleep that ended no longer listens to its signal", async () => {
  const clock = createFakeClock();
  const abort = new AbortController();
  const removed = vi.spyOn(abort.signal, "removeEventListener");
  const slept = sleep(clock, 10, abort.signal);
  await clock.advance(10);
  await slept;
  expect(removed).toHaveBeenCalledOnce();
});

test("the system's clock runs what is due, and takes a timer back", async () => {
  const ran: string[] = [];
  systemClock.after(0, () => ran.push("cancelled")).cancel();
  const before = systemClock.monotonic();
  await new Promise<void>((resolve) => void systemClock.after(1, resolve));
  expect(ran).toEqual([]);
  expect(systemClock.monotonic()).toBeGreaterThan(before);
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
});

test("a delay beyond what timers take waits as long as they can, instead of firing at once", () => {
  const setTimeout = vi.spyOn(globalThis, "setTimeout");
  try {
    systemClock.after(Number.MAX_SAFE_INTEGER, () => {}).cancel();
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1);
  } finally {
    setTimeout.mockRestore();
  }
});

test("a negative delay of the system's clock is over at the next chance, and no timer complains", async () => {
  const set = vi.spyOn(globalThis, "setTimeout");
  await sleep(systemClock, -0.01);
  expect(set.mock.calls.map(([, delayMs]) => delayMs)).toEqual([0]);
  set.mockRestore();
});
