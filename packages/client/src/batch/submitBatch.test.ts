import { MAX_BATCH_MESSAGE_ITEMS, MAX_FRAME_BYTES, byteLength } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { setUp as setUpServer } from "../testing/server/sampleServer.ts";
import type { TestRequest } from "../testing/index.ts";
import { actionOf, setUp, whenBatch } from "../testing/setup.ts";
import { submitBatch } from "./submitBatch.ts";

const reports = (count: number): { pages: number }[] => Array.from({ length: count }, (_, pages) => ({ pages }));

describe("a batch", () => {
  test("of 1,000 inputs is sent in frames of at most 100 items under 32 KB, and each result has its place", async () => {
    const server = setUpServer();
    server.on("generate_report", (request) => request.complete({ url: `u${request.payload.pages}` }));
    const batch = submitBatch(server.client.generateReport, reports(1_000), { id: "b1" });
    expect(batch.state).toMatchObject({ percentage: 0, done: false, stale: false, counts: { submitting: 1_000 } });
    const results = await batch.results();
    expect(results.map((result) => result.status === "completed" && result.data.url)).toEqual(
      reports(1_000).map(({ pages }) => `u${pages}`),
    );
    expect(batch.state).toMatchObject({ percentage: 100, done: true, stale: false, counts: { completed: 1_000, submitting: 0 } });
    const frames = server.connections[0]?.received ?? [];
    expect(frames).toHaveLength(10);
    expect(frames.map((frame) => frame.type === "submit_batch" && frame.payloads.length)).toEqual(
      Array.from({ length: 10 }, () => MAX_BATCH_MESSAGE_ITEMS),
    );
    for (const frame of frames) expect(byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(MAX_FRAME_BYTES);
  });

  test("has four frames unanswered at most", async () => {
    const server = setUpServer();
    const queue = server.on("generate_report");
    const batch = submitBatch(server.client.generateReport, reports(1_000));
    const first = await queue.next();
    const rest = await Promise.all(Array.from({ length: 399 }, () => queue.next()));
    expect(server.connections[0]?.received).toHaveLength(4);
    for (const request of [first, ...rest]) request.acknowledge();
    for (let n = 400; n < 1_000; n += 1) (await queue.next()).acknowledge();
    await batch.accepted();
    expect(server.connections[0]?.received).toHaveLength(10);
    await whenBatch(batch, ({ counts }) => counts.queued === 1_000);
  });

  test("of large inputs has fewer items in a frame, and uploads the one that fits into none", async () => {
    const server = setUpServer();
    server.on("generate_report", ({ payload }) => ({ url: `${payload.pages} ${JSON.stringify(payload).length}` }));
    const filled = [10_000, 20_000, 10_000, 40_000, 1].map((length, pages) => ({ pages, fill: "x".repeat(length) }));
    const batch = submitBatch(server.client.generateReport, filled, { id: "b1" });
    const results = await batch.results();
    expect(results.map(({ status }) => status)).toEqual(filled.map(() => "completed"));
    const sent = server.connections[0]?.received.map((message) => {
      if (message.type === "submit_batch") return [message.first, message.payloads.length];
      return message.type === "request" ? message.id : message.type;
    });
    expect(sent?.slice(0, 4)).toEqual([[0, 2], [2, 1], [4, 1], "upload"]);
    expect(sent).toContain("b1.3");
    expect(results[3]).toMatchObject({ data: { url: `3 ${JSON.stringify(filled[3]).length}` } });
  });

  test("whose input is refused, or is no JSON, or nested too deep, goes on with the others", async () => {
    const server = setUpServer();
    server.on("generate_report", (request) => request.complete({ url: "u" }));
    let deep: unknown = 1;
    for (let level = 0; level < 70; level += 1) deep = [deep];
    const inputs = [{ pages: 0 }, { pages: "many" }, { pages: 2n }, { pages: 3, deep }, { pages: 4 }] as unknown as { pages: number }[];
    const batch = submitBatch(server.client.generateReport, inputs);
    const results = await batch.results();
    expect(results.map((result) => ("error" in result ? [result.status, result.error.code] : result.status))).toEqual([
      "completed",
      ["rejected", "VALIDATION_ERROR"],
      ["rejected", "INVALID_MESSAGE"],
      ["rejected", "INVALID_MESSAGE"],
      "completed",
    ]);
    expect(batch.item(1)).toMatchObject({ n: 1, status: "rejected", error: { details: { issues: [{ path: "pages" }] } } });
    expect(batch.state).toMatchObject({ percentage: 100, done: true, counts: { completed: 2, rejected: 3 } });
    await batch.accepted();
  });

  test("is refused as a whole when its action takes none", async () => {
    const server = setUpServer();
    server.on("echo", () => ({ text: "" }));
    const batch = submitBatch(
      server.client.echo,
      Array.from({ length: 500 }, () => ({ text: "" })),
    );
    const results = await batch.results();
    expect(new Set(results.map((result) => "error" in result && result.error.code))).toEqual(new Set(["INVALID_MESSAGE"]));
    // Once for each frame: that they were all refused alike tells enough.
    expect(server.connections[0]?.received).toHaveLength(5);
  });

  test("shows the mean of its items, each of which never falls, not in another attempt either", async () => {
    const server = setUpServer();
    const queue = server.on("generate_report");
    const batch = submitBatch(server.client.generateReport, reports(4));
    const seen: number[] = [];
    batch.onChange(() => seen.push(batch.state.percentage));
    const requests: TestRequest[] = [];
    for (let n = 0; n < 4; n += 1) requests.push(await queue.next());
    for (const request of requests) request.acknowledge();
    const [first, second, third, fourth] = requests as [TestRequest, TestRequest, TestRequest, TestRequest];
    first.progress(40, "first");
    second.progress(80, "second");
    await whenBatch(batch, ({ percentage }) => percentage === 30);
    expect(batch.state.counts).toMatchObject({ running: 2, queued: 2 });
    second.retry(60_000);
    await whenBatch(batch, ({ counts }) => counts.retrying === 1);
    second.progress(10, "again");
    await whenBatch(batch, ({ counts }) => counts.running === 2);
    expect(batch.item(1)).toMatchObject({ percentage: 80, message: "again", status: "running" });
    third.fail("TIMEOUT");
    await whenBatch(batch, ({ counts }) => counts.failed === 1);
    expect(batch.state.percentage).toBe(55);
    for (const request of [first, second, fourth]) request.complete({ url: "u" });
    expect((await batch.results()).map(({ status }) => status)).toEqual(["completed", "completed", "failed", "completed"]);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test("tells of ten thousand messages in a few changes, and of nothing when nothing changed", async () => {
    const server = setUpServer();
    const queue = server.on("generate_report");
    const batch = submitBatch(server.client.generateReport, reports(1_000));
    const requests: TestRequest[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const request = await queue.next();
      request.acknowledge();
      requests.push(request);
    }
    await batch.accepted();
    let changes = 0;
    batch.onChange(() => (changes += 1));
    const before = performance.now();
    for (let percentage = 1; percentage <= 10; percentage += 1) for (const request of requests) request.progress(percentage, "");
    await whenBatch(batch, ({ percentage }) => percentage === 10);
    expect(changes).toBeLessThanOrEqual(1 + (performance.now() - before) / 16);
    const { state, items } = batch;
    requests[5]?.progress(20, "");
    await whenBatch(batch, ({ percentage }) => percentage > 10);
    expect(batch.state).not.toBe(state);
    expect(batch.items.filter((item, n) => item !== items[n]).map(({ n }) => n)).toEqual([5]);
  });

  test("gives each state as it comes, up to the last", async () => {
    const server = setUpServer();
    server.on("generate_report", (request) => request.complete({ url: "u" }));
    const batch = submitBatch(server.client.generateReport, reports(3));
    const states = [];
    for await (const state of batch.updates()) states.push(state);
    expect(states[0]).toMatchObject({ counts: { submitting: 3 } });
    expect(states.at(-1)).toBe(batch.state);
    expect(batch.state.done).toBe(true);
  });

  test("gives each item as a request of its own, with its updates", async () => {
    const server = setUpServer();
    server.on("generate_report", (request) => {
      request.acknowledge();
      request.emit("page");
      request.complete({ url: "u" });
    });
    const batch = submitBatch(server.client.generateReport, reports(2), { id: "b1" });
    await batch.results();
    const handle = batch.item(1).handle();
    const types: string[] = [];
    for await (const { type } of handle.updates()) types.push(type);
    expect([handle.id, types]).toEqual(["b1.1", ["chunk"]]);
  });

  test("whose results are large fetches them, once each", async () => {
    const server = setUpServer();
    server.on("generate_report", (request) => request.complete({ url: "x".repeat(200_000 + request.payload.pages) }));
    const batch = submitBatch(server.client.generateReport, reports(10));
    const results = await batch.results();
    expect(results.map((result) => result.status === "completed" && result.data.url.length)).toEqual(
      reports(10).map(({ pages }) => 200_000 + pages),
    );
  });

  test("has four uploads under way at most, and four downloads beside those of what was uploaded", async () => {
    const server = setUpServer();
    const underWay = { PUT: 0, GET: 0 };
    const most = { PUT: 0, GET: 0 };
    const fetch: typeof server.fetch = async (url, init) => {
      const method = init.method as "PUT" | "GET";
      underWay[method] += 1;
      most[method] = Math.max(most[method], underWay[method]);
      // The others have their turn.
      await new Promise((resolve) => void setImmediate(resolve));
      const response = await server.fetch(url, init);
      underWay[method] -= 1;
      return response;
    };
    server.on("generate_report", (request) => request.complete({ url: "x".repeat(200_000) }));
    const large = { fill: "x".repeat(40_000) };
    const inputs = [...reports(10), ...reports(10).map(({ pages }) => ({ pages, ...large }))];
    const batch = submitBatch(server.connectClient({ fetch }).generateReport, inputs);
    const results = await batch.results();
    expect(results.filter(({ status }) => status === "completed")).toHaveLength(20);
    expect(most.PUT).toBe(4);
    // Those that were uploaded are requests of their own, which fetch their own results.
    expect(most.GET).toBeLessThanOrEqual(8);
    expect(most.GET).toBeGreaterThanOrEqual(4);
  });

  test("that is started again by an operator goes on", async () => {
    const server = setUpServer();
    const queue = server.on("generate_report");
    const batch = submitBatch(server.client.generateReport, reports(2), { id: "b1" });
    const requests = [await queue.next(), await queue.next()] as const;
    requests[0].complete({ url: "u" });
    requests[1].fail("TIMEOUT");
    expect((await batch.results()).map(({ status }) => status)).toEqual(["completed", "failed"]);
    requests[1].redrive();
    const again = await queue.next();
    await whenBatch(batch, ({ done }) => !done);
    again.complete({ url: "second" });
    expect((await batch.results())[1]).toMatchObject({ status: "completed", data: { url: "second" } });
  });

  test("under the id of an open one is that one when it is the same, and refused when it is not", async () => {
    const server = setUpServer();
    const queue = server.on("generate_report");
    const first = submitBatch(server.client.generateReport, reports(2), { id: "b1" });
    const second = submitBatch(server.client.generateReport, reports(2), { id: "b1" });
    for (let n = 0; n < 2; n += 1) (await queue.next()).complete({ url: "u" });
    expect(await second.results()).toEqual(await first.results());
    expect(server.connections[0]?.received).toHaveLength(1);
    expect(() => submitBatch(server.client.generateReport, reports(3), { id: "b1" })).toThrow("The id is taken by a different request.");
  });
});

describe("what is not sent", () => {
  test.each([0, 1_001])("%i inputs", async (count) => {
    const { client } = await setUp();
    expect(() =>
      submitBatch(
        actionOf(client),
        Array.from({ length: count }, () => ({})),
      ),
    ).toThrow(RangeError);
    expect(client.state).toBe("idle");
  });

  test("an id or metadata that no server would take", async () => {
    const { client } = await setUp();
    expect(() => submitBatch(actionOf(client), [{}], { id: "b.1" })).toThrow(expect.objectContaining({ code: "INVALID_MESSAGE" }));
    expect(() => submitBatch(actionOf(client), [{}], { metadata: { key: "x".repeat(257) } })).toThrow(
      expect.objectContaining({ code: "INVALID_MESSAGE" }),
    );
  });

  test("a batch of a client that is closed: it fails, and no rejection is unhandled", async () => {
    const { client } = await setUp();
    await client.close();
    const batch = submitBatch(actionOf(client), [{}]);
    await expect(batch.results()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
    await expect(batch.accepted()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(batch.state).toMatchObject({ done: false, error: { code: "SERVICE_UNAVAILABLE" } });
  });

  test("metadata goes with every frame, and input that is changed later does not", async () => {
    const { client, server } = await setUp();
    const input = { pages: 1 };
    const batch = submitBatch(actionOf(client), [input], { id: "b1", metadata: { source: "test" } });
    input.pages = 2;
    const connection = await server.accept();
    expect(await connection.next()).toEqual({
      type: "submit_batch",
      batch_id: "b1",
      action: "process_data",
      metadata: { source: "test" },
      first: 0,
      payloads: [{ pages: 1 }],
    });
    expect(JSON.parse(JSON.stringify(batch.ref))).toEqual({ id: "b1", size: 1 });
  });
});
