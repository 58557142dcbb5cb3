import { createFakeClock } from "@streamer/protocol/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { ConsoleCallError } from "./consoleCallError.ts";
import { createLiveStore, rowKey } from "./liveStore.ts";
import type { LiveStore } from "./liveStore.ts";
import { createEventSource } from "./testing/eventSource.ts";
import type { EventSource } from "./testing/eventSource.ts";
import { hopEvent, row, rowEvent } from "./testing/events.ts";

/** A store that is started, on streams that the test writes; `refuse` makes the next calls fail. */
function setUp() {
  const clock = createFakeClock();
  const sources: EventSource[] = [];
  const refusals: Error[] = [];
  let calls = 0;
  const api = {
    async events(signal: AbortSignal) {
      calls += 1;
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
      const source = createEventSource();
      sources.push(source);
      signal.addEventListener("abort", () => source.end());
      return source.stream;
    },
  };
  const live = createLiveStore({ api, clock });
  const stop = live.start();
  onTestFinished(() => stop());
  return { clock, sources, refusals, live, stop, calls: () => calls };
}

/** Resolves when all events that were sent so far have been read. */
async function heard(live: LiveStore, source: EventSource, lastId = 99_999): Promise<void> {
  const arrived = new Promise<void>((resolve) => {
    const forget = live.onEvent((event) => {
      if (event.type !== "hop" || event.hop.id !== lastId) return;
      forget();
      resolve();
    });
  });
  source.send(hopEvent(lastId));
  await arrived;
}

test("events that come together are shown together, 50 ms later", async () => {
  const { live, clock, sources } = setUp();
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  let shown = 0;
  live.rows.subscribe(() => (shown += 1));
  sources[0]?.send(rowEvent("r1"), rowEvent("r2"), rowEvent("r1", { status: "completed" }));
  await heard(live, sources[0] ?? createEventSource());
  expect([live.rows.get().size, shown]).toEqual([0, 0]);
  await clock.advance(50);
  expect(shown).toBe(1);
  expect([...live.rows.get().values()]).toEqual([row("r2"), row("r1", { status: "completed" })]);
});

test("only the newest thousand rows and five thousand hops are remembered", async () => {
  const { live, clock, sources } = setUp();
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  const [source = createEventSource()] = sources;
  source.send(...Array.from({ length: 1_200 }, (_, index) => rowEvent(`r${index}`)));
  source.send(...Array.from({ length: 6_000 }, (_, index) => hopEvent(index)));
  await heard(live, source);
  await clock.advance(50);
  expect(live.rows.get().size).toBe(1_000);
  expect(live.rows.get().has(rowKey(row("r199")))).toBe(false);
  expect(live.rows.get().has(rowKey(row("r1199")))).toBe(true);
  expect(live.hops.get()).toHaveLength(5_000);
  expect(live.hops.get().at(-1)?.id).toBe(99_999);
});

test("a stream that ends is begun again, and that is another generation", async () => {
  const { live, clock, sources } = setUp();
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  expect(live.generation.get()).toBe(1);
  sources[0]?.end();
  await vi.waitFor(() => expect(live.state.get()).toBe("lost"));
  await clock.advance(250);
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  expect(live.generation.get()).toBe(2);
});

test("a stack that does not answer is asked ever more seldom, every 5 seconds at last", async () => {
  const { live, clock, refusals, sources, calls } = setUp();
  const away = (): Error => new ConsoleCallError("UNREACHABLE", "away");
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  refusals.push(away(), away(), away(), away(), away(), away(), away());
  sources[0]?.end();
  for (const [index, ms] of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000].entries()) {
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await clock.advance(ms - 1);
    expect(calls()).toBe(index + 1);
    await clock.advance(1);
    expect(calls()).toBe(index + 2);
  }
});

test("a stack of another run is not asked again", async () => {
  const { live, clock, refusals, sources, calls } = setUp();
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  refusals.push(new ConsoleCallError("FORBIDDEN", "another run"));
  sources[0]?.end();
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  await clock.advance(250);
  await vi.waitFor(() => expect(live.state.get()).toBe("other-run"));
  expect([clock.pending, calls()]).toEqual([0, 2]);
});

test("nothing runs any more when it has been stopped, also while it waits to try again", async () => {
  const { live, clock, sources, stop, calls } = setUp();
  await vi.waitFor(() => expect(live.state.get()).toBe("live"));
  sources[0]?.end();
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  await stop();
  expect([clock.pending, calls()]).toEqual([0, 1]);
});
