import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHops } from "../../hops/index.ts";
import type { Hops } from "../../hops/index.ts";
import type { ConsoleEvent, RequestRow } from "../contract.ts";
import { createEventStreams } from "./eventStreams.ts";
import type { EventStreams } from "./eventStreams.ts";

let clock: FakeClock;
let hops: Hops;
let streams: EventStreams;
let server: Server;
let responses: ServerResponse[];
let refusals: unknown[];
let listening: number;

beforeEach(async () => {
  clock = createFakeClock();
  hops = createHops({ clock });
  listening = 0;
  const watched: Hops = {
    ...hops,
    subscribe(listener) {
      const stop = hops.subscribe(listener);
      listening += 1;
      return () => {
        listening -= 1;
        stop();
      };
    },
  };
  streams = createEventStreams({
    clock,
    controls: { hops: watched, flow: async () => hops.flow({ connections: 0, queues: [] }) },
    rowOf: async () => undefined,
  });
  responses = [];
  refusals = [];
  server = createServer((request, response) => {
    responses.push(response);
    const [events] = streams.routes;
    events?.run({ params: {}, query: new URLSearchParams(), body: undefined, request, response }).catch((error: unknown) => {
      refusals.push(error);
      response.writeHead(429).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  await streams.close();
  server.closeAllConnections();
  server.close();
});

const port = (): number => (server.address() as AddressInfo).port;
const url = (): string => `http://127.0.0.1:${port()}/`;

/** Follows the stream; gives its events as they come. */
async function follow(): Promise<{ readonly events: ConsoleEvent[]; readonly ended: Promise<void>; leave(): void }> {
  const leaving = new AbortController();
  const response = await fetch(url(), { signal: leaving.signal });
  const events: ConsoleEvent[] = [];
  let text = "";
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      events.push(...blocks.filter((block) => block.startsWith("data: ")).map((block) => JSON.parse(block.slice(6)) as ConsoleEvent));
    }
  };
  return { events, ended: read().catch(() => undefined), leave: () => leaving.abort() };
}

const row = (requestId: string, percentage: number): RequestRow => ({
  tenantId: "acme",
  requestId,
  userId: "ada",
  action: "report",
  status: "processing",
  attempt: 1,
  createdAt: 0,
  percentage,
});

test("hops come one by one and in order; of a request that changes often only the last row of a moment", async () => {
  const { events } = await follow();
  for (const percentage of [10, 20, 30]) {
    hops.record({ tenantId: "acme", requestId: "r1", hop: "update", what: `progress ${percentage} %` });
    hops.tell({ type: "request", row: row("r1", percentage) });
  }
  await clock.advance(100);
  await vi.waitFor(() => expect(events.some(({ type }) => type === "request")).toBe(true));
  expect(events.flatMap((event) => (event.type === "hop" ? [event.hop.what] : []))).toEqual([
    "progress 10 %",
    "progress 20 %",
    "progress 30 %",
  ]);
  expect(events.flatMap((event) => (event.type === "request" ? [event.row.percentage] : []))).toEqual([30]);
});

test("figures of the flow come at once, and each second", async () => {
  const { events } = await follow();
  const figures = (): number => events.filter(({ type }) => type === "flow").length;
  await clock.advance(100);
  await vi.waitFor(() => expect(figures()).toBe(1));
  await clock.advance(2_100);
  await vi.waitFor(() => expect(figures()).toBe(3));
});

test("what is published reaches everybody who follows, and nothing runs while nobody does", async () => {
  expect(listening).toBe(0);
  const [one, two] = [await follow(), await follow()];
  expect(listening).toBe(1);
  streams.publish({ type: "reloaded", functions: ["echo"] });
  await clock.advance(100);
  for (const { events } of [one, two]) {
    await vi.waitFor(() => expect(events).toContainEqual({ type: "reloaded", functions: ["echo"] }));
  }
  one.leave();
  two.leave();
  await vi.waitFor(() => expect(listening).toBe(0));
});

test("a reader that does not read is cut off before much waits for it, and the others go on", { timeout: 20_000 }, async () => {
  const slow = connect(port(), "127.0.0.1");
  slow.on("error", () => undefined);
  slow.pause();
  slow.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  await vi.waitFor(() => expect(responses).toHaveLength(1));
  const [stuck] = responses;
  const { events } = await follow();
  const what = "x".repeat(10_000);
  let most = 0;
  for (let round = 0; round < 400 && stuck?.destroyed === false; round += 1) {
    for (let index = 0; index < 50; index += 1) hops.record({ requestId: `r${index}`, hop: "update", what });
    await clock.advance(100);
    most = Math.max(most, stuck.writableLength);
    await vi.waitFor(() => expect(responses[1]?.writableLength).toBe(0));
  }
  expect(stuck?.destroyed).toBe(true);
  expect(most).toBeLessThan(6 * 1024 * 1024);
  expect(responses[1]?.destroyed).toBe(false);
  expect(events.length).toBeGreaterThan(50);
  slow.destroy();
});

test("streams end when they are closed, and no more are taken then", async () => {
  const { ended } = await follow();
  await streams.close();
  await ended;
  expect(listening).toBe(0);
  expect((await fetch(url())).status).toBe(429);
  expect(refusals).toMatchObject([{ code: "TOO_MANY" }]);
});

test("there is an end to how many pages may follow", async () => {
  const pages = await Promise.all(Array.from({ length: 32 }, follow));
  expect((await fetch(url())).status).toBe(429);
  pages[0]?.leave();
  await vi.waitFor(async () => {
    const next = await fetch(url());
    await next.body?.cancel();
    expect(next.status).toBe(200);
  });
});
