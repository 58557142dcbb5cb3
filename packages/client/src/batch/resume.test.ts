import type { BatchItem, BatchMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { createQueue } from "../testing/server/queue.ts";
import { setUp as setUpServer } from "../testing/server/sampleServer.ts";
import type { TestRequest } from "../testing/index.ts";
import { actionOf, complete, setUpConnected, whenBatch } from "../testing/setup.ts";
import { getBatch, submitBatch } from "./submitBatch.ts";

const reports = (count: number): { pages: number }[] => Array.from({ length: count }, (_, pages) => ({ pages }));

function reply(reply_to: BatchMessage["reply_to"], items: BatchItem[], next?: number): BatchMessage {
  return { type: "batch", batch_id: "b1", reply_to, items, ...(next === undefined ? {} : { next }) };
}

const NOT_FOUND = { code: "NOT_FOUND", message: "There is no such request.", retryable: false };

/** A server whose reports go on until the test ends them, and how often each was begun. */
function setUpReports() {
  const server = setUpServer();
  const begun = new Map<string, TestRequest>();
  const arrivals = createQueue<TestRequest>();
  server.on("generate_report", (request) => {
    expect(begun.has(request.id)).toBe(false);
    begun.set(request.id, request);
    request.acknowledge();
    arrivals.push(request);
  });
  const completeAll = (): void => {
    for (const [id, request] of begun) if (request.status !== "completed") request.complete({ url: id });
  };
  return { server, begun, arrivals, completeAll };
}

describe("a connection that breaks", () => {
  test("while a batch of 1,000 is being submitted: what was not answered is sent again, and nothing runs twice", async () => {
    const { server, begun, arrivals, completeAll } = setUpReports();
    // The answers to the second frame and to all after it are lost with the connection.
    let answers = 0;
    server.intercept((message) =>
      message.type === "batch" && message.reply_to === "submit_batch" && (answers += 1) === 2 ? "lose" : undefined,
    );
    const batch = submitBatch(server.client.generateReport, reports(1_000), { id: "b1" });
    for (let n = 0; n < 900; n += 1) await arrivals.next();
    server.dropConnections();
    await batch.accepted();
    expect(begun.size).toBe(1_000);
    expect(batch.state.counts.rejected).toBe(0);
    completeAll();
    const results = await batch.results();
    expect(results.map((result) => result.status === "completed" && result.data.url)).toEqual(
      reports(1_000).map(({ pages }) => `b1.${pages}`),
    );
  });

  test("while it runs: the percentage never falls, and what came meanwhile is fetched", async () => {
    const { server, begun, completeAll } = setUpReports();
    const batch = submitBatch(server.client.generateReport, reports(250), { id: "b1" });
    await batch.accepted();
    for (const request of begun.values()) request.progress(50, "half");
    await whenBatch(batch, ({ percentage }) => percentage === 50);
    const seen: number[] = [];
    batch.onChange(() => seen.push(batch.state.percentage));
    server.dropConnections();
    for (const request of begun.values()) request.progress(75, "later");
    begun.get("b1.7")?.complete({ url: "meanwhile" });
    await whenBatch(batch, ({ percentage }) => percentage > 75);
    await whenBatch(batch, ({ stale }) => !stale);
    expect(batch.item(7)).toMatchObject({ status: "completed", data: { url: "meanwhile" } });
    expect(batch.item(8)).toMatchObject({ status: "running", percentage: 75, message: "later" });
    completeAll();
    await batch.results();
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const subscriptions = server.connections.at(-1)?.received.filter(({ type }) => type === "subscribe_batch");
    expect(subscriptions).toEqual(
      [0, 100, 200].map((first) => ({ type: "subscribe_batch", batch_id: "b1", first, count: first === 200 ? 50 : 100 })),
    );
  });

  test("makes it stale until the server has told how the items stand that have not ended, over short gaps in one range", async () => {
    const { server, connection, client } = await setUpConnected();
    const batch = submitBatch(actionOf(client), reports(60), { id: "b1" });
    await connection.next();
    connection.send(
      reply(
        "submit_batch",
        reports(60).map(({ pages: n }) => ({ n, status: "pending" })),
      ),
    );
    for (let n = 0; n < 60; n += 1) if (![3, 10, 50].includes(n)) connection.send(complete("done", `b1.${n}`));
    await whenBatch(batch, ({ counts }) => counts.completed === 57);
    const { percentage } = batch.state;
    connection.drop();
    await whenBatch(batch, ({ stale }) => stale);
    const second = await server.accept();
    const asked = [await second.next(), await second.next()].map(({ first, count }) => [first, count]);
    expect(asked).toEqual([
      [3, 8],
      [50, 1],
    ]);
    second.send(
      reply(
        "subscribe_batch",
        [3, 10].map((n) => ({ n, status: "processing", attempt: 1 })),
      ),
    );
    await whenBatch(batch, ({ counts }) => counts.running === 2);
    expect(batch.state).toMatchObject({ stale: true, percentage });
    second.send(
      reply("subscribe_batch", [
        { n: 50, status: "failed", attempt: 1, outcome: { type: "error", request_id: "b1.50", error: NOT_FOUND, final: true } },
      ]),
    );
    await whenBatch(batch, ({ stale }) => !stale);
    expect(batch.state.counts).toMatchObject({ completed: 57, running: 2, failed: 1 });
    expect(second.unread).toEqual([]);
  });

  test("is replaced in time: the batch is watched on the next before the first is left", async () => {
    const clock = createFakeClock();
    const { server, connection, client } = await setUpConnected({ clock, rolloverAfterMs: 60_000 });
    const batch = submitBatch(actionOf(client), [{}, {}], { id: "b1" });
    await connection.next();
    connection.send(
      reply("submit_batch", [
        { n: 0, status: "pending" },
        { n: 1, status: "pending" },
      ]),
    );
    await batch.accepted();
    await clock.advance(60_000);
    const second = await server.accept();
    expect(await second.next()).toEqual({ type: "subscribe_batch", batch_id: "b1", first: 0, count: 2 });
    connection.send(complete("on the old line", "b1.0"));
    // The clock of the test is that of the batch, which shows nothing while it stands still.
    while (batch.state.counts.completed === 0) {
      await clock.advance(16);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    second.send(
      reply("subscribe_batch", [
        { n: 0, status: "processing", attempt: 1 },
        { n: 1, status: "processing", attempt: 1 },
      ]),
    );
    expect(await connection.closed).toBe(1000);
    second.send(complete("on the new line", "b1.1"));
    expect((await batch.results()).map((result) => "data" in result && result.data)).toEqual(["on the old line", "on the new line"]);
    expect(second.unread).toEqual([]);
  });
});

describe("a reload", () => {
  test("finds the batch again by its ref, page by page, with the results of what has ended", async () => {
    const { server, begun, completeAll } = setUpReports();
    const before = submitBatch(server.client.generateReport, reports(300));
    await before.accepted();
    for (const request of begun.values()) {
      request.progress(20, "x".repeat(400));
      if (request.id.endsWith("1")) request.complete({ url: "x".repeat(1_000) });
    }
    const ref = JSON.parse(JSON.stringify(before.ref)) as typeof before.ref;
    await server.client.$client.close();
    const after = getBatch(server.connectClient().generateReport, ref);
    expect(after.state).toMatchObject({ stale: true, percentage: 0, counts: { queued: 300 } });
    const seen: number[] = [];
    after.onChange(() => seen.push(after.state.percentage));
    await after.accepted();
    await whenBatch(after, ({ stale, counts }) => !stale && counts.completed === 30);
    expect(after.state.percentage).toBeCloseTo(28);
    expect(after.item(0)).toMatchObject({ status: "running", percentage: 20 });
    // A page has 32 KB, so three ranges are more pages.
    const pages = server.connections.at(-1)?.received.length ?? 0;
    expect(pages).toBeGreaterThan(5);
    completeAll();
    const results = await after.results();
    expect(results.map(({ status }) => status)).toEqual(reports(300).map(() => "completed"));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test("shows what never arrived as rejected; submitting the same again under the id goes on with it", async () => {
    const { server, begun, completeAll } = setUpReports();
    server.client.generateReport.submit({ pages: 0 }, { id: "b1.0" });
    await server.client.generateReport.submit({ pages: 2 }, { id: "b1.2" }).accepted();
    const batch = getBatch(server.connectClient().generateReport, { id: "b1", size: 3 });
    await batch.accepted();
    expect(batch.item(1)).toMatchObject({ status: "rejected", error: { code: "NOT_FOUND" } });
    expect(batch.state.counts).toMatchObject({ rejected: 1, queued: 2 });
    const again = submitBatch(server.client.generateReport, reports(3), { id: "b1" });
    await again.accepted();
    expect([...begun.keys()]).toEqual(["b1.0", "b1.2", "b1.1"]);
    completeAll();
    expect((await again.results()).map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
  });

  test("in the client that watches it, what never arrived is all that is sent", async () => {
    const { connection, client } = await setUpConnected();
    const action = actionOf(client);
    const watched = getBatch(action, { id: "b1", size: 3 });
    expect(await connection.next()).toEqual({ type: "subscribe_batch", batch_id: "b1", first: 0, count: 3 });
    connection.send(
      reply("subscribe_batch", [
        { n: 0, status: "pending" },
        { n: 1, error: NOT_FOUND },
        { n: 2, status: "pending" },
      ]),
    );
    await watched.accepted();
    const submitted = submitBatch(action, reports(3), { id: "b1" });
    expect(await connection.next()).toEqual({
      type: "submit_batch",
      batch_id: "b1",
      action: "process_data",
      first: 1,
      payloads: [{ pages: 1 }],
    });
    let acceptedAgain = false;
    void watched.accepted().then(() => (acceptedAgain = true));
    expect(watched.state).toMatchObject({ counts: { submitting: 1, queued: 2 } });
    await new Promise((resolve) => void setImmediate(resolve));
    expect(acceptedAgain).toBe(false);
    connection.send(reply("submit_batch", [{ n: 1, status: "pending" }]));
    await submitted.accepted();
    expect(watched.state).toBe(submitted.state);
    for (const n of [0, 1, 2]) connection.send(complete(n, `b1.${n}`));
    expect((await watched.results()).map((result) => "data" in result && result.data)).toEqual([0, 1, 2]);
  });

  test("of what had ended needs one answer, and duplicates of a submission are looked up", async () => {
    const { server, completeAll } = setUpReports();
    const first = submitBatch(server.client.generateReport, reports(3), { id: "b1" });
    await first.accepted();
    completeAll();
    await first.results();
    const second = submitBatch(server.connectClient().generateReport, reports(3), { id: "b1" });
    expect((await second.results()).map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
    expect(server.connections.at(-1)?.received.map(({ type }) => type)).toEqual(["submit_batch", "subscribe_batch"]);
  });

  test.each([
    [{ id: "b1", size: 0 }, RangeError],
    [{ id: "b1", size: 1.5 }, RangeError],
    [{ id: "not an id", size: 1 }, expect.objectContaining({ code: "INVALID_MESSAGE" })],
  ])("with the ref %o is refused", async (ref, error) => {
    const { client } = await setUpConnected();
    expect(() => getBatch(actionOf(client), ref)).toThrow(error);
  });

  test("with another size than the one it is known by is refused", async () => {
    const { client } = await setUpConnected();
    getBatch(actionOf(client), { id: "b1", size: 2 });
    expect(() => getBatch(actionOf(client), { id: "b1", size: 3 })).toThrow(expect.objectContaining({ code: "DUPLICATE_REQUEST" }));
  });
});
