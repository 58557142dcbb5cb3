import { expect, it } from "vitest";
import { measureConnects } from "../connections/measureConnects.ts";
import { costBenchmark } from "../cost/benchmark.ts";
import { measureMemory } from "../memory/measureMemory.ts";
import { runBenchmarks } from "../suite/runBenchmarks.ts";
import { measureRoundTrips } from "../sync/measureRoundTrips.ts";
import { openSocket, openSockets } from "./sockets.ts";
import { withServers } from "./startServer.ts";

const TIMEOUT_MS = 120_000;
const frame = JSON.stringify({ text: "hello" });

it("the local gateway is measured beside ws: round trips, connections, memory", { timeout: TIMEOUT_MS }, async () => {
  await withServers(["raw", "gateway"], async ({ raw, gateway }) => {
    const conversations = await Promise.all(
      Object.entries({ raw, gateway }).map(async ([name, { url }]) => ({
        name,
        sockets: await openSockets(url, 5),
        frame,
        isAnswer: (answer: string) => answer === frame,
      })),
    );
    const trips = await measureRoundTrips(conversations, { rounds: 2, oneByOne: 5, together: 23, atOnce: 3 });
    expect([...trips.keys()]).toEqual(["raw", "gateway"]);
    for (const { p50, p99, perSecond } of trips.values()) {
      expect(p50).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
      expect(perSecond).toBeGreaterThan(0);
    }
    expect((await gateway.state()).connections).toBe(5);
    await Promise.all(conversations.flatMap(({ sockets }) => sockets.map((socket) => socket.close())));

    const connects = await measureConnects({ raw: raw.url, gateway: gateway.url }, { rounds: 1, oneByOne: 2, together: 4, atOnce: 2 });
    for (const { p50, perSecond } of Object.values(connects)) expect(Math.min(p50, perSecond)).toBeGreaterThan(0);

    expect(await measureMemory(gateway, 100)).toBeGreaterThan(0);
  });
});

it("an answer that is none is a benchmark that broke, not a fast answer", { timeout: TIMEOUT_MS }, async () => {
  await withServers(["raw"], async ({ raw }) => {
    const sockets = await openSockets(raw.url, 1);
    const refused = { name: "raw", sockets, frame, isAnswer: () => false };
    await expect(measureRoundTrips([refused], { rounds: 1, oneByOne: 1, together: 1, atOnce: 1 })).rejects.toThrow(/was answered with/);
  });
});

it(
  "a connection that ends under a question, and a second question before the first is answered, are errors",
  { timeout: TIMEOUT_MS },
  async () => {
    let asked: Promise<string> | undefined;
    await withServers(["raw"], async ({ raw }) => {
      const socket = await openSocket(raw.url);
      const first = socket.ask(frame);
      await expect(socket.ask(frame)).rejects.toThrow(/on its way already/);
      expect(await first).toBe(frame);
      const closing = socket.close();
      asked = socket.ask(frame);
      asked.catch(() => undefined);
      await closing;
    });
    await expect(asked).rejects.toThrow(/ended before its answer/);
  },
);

it("costs are figures that can be judged", async () => {
  const quiet = { quick: true, say: () => undefined };
  const { measurements, broken } = await runBenchmarks([costBenchmark], quiet, () => undefined);
  expect(broken).toEqual([]);
  expect(measurements.flatMap(({ figures }) => figures.map(({ goal }) => goal !== undefined))).toEqual([true, true]);
});
