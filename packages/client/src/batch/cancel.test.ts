import type { BatchItem, BatchMessage } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { setUp as setUpServer } from "../testing/server/sampleServer.ts";
import { GATEWAY_FRAME, actionOf, complete, errorBody, setUp, setUpConnected, whenBatch } from "../testing/setup.ts";
import { submitBatch } from "./submitBatch.ts";

const inputs = (count: number): { pages: number }[] => Array.from({ length: count }, (_, pages) => ({ pages }));

function reply(reply_to: BatchMessage["reply_to"], items: BatchItem[]): BatchMessage {
  return { type: "batch", batch_id: "b1", reply_to, items };
}

function pending(count: number, first = 0): BatchItem[] {
  return Array.from({ length: count }, (_, index) => ({ n: first + index, status: "pending" }));
}

describe("cancelling a batch", () => {
  test("ends what waits at once and what runs when its worker has stopped; what has ended stays so", async () => {
    const server = setUpServer();
    server.on("generate_report", async (request) => {
      request.acknowledge();
      if (request.payload.pages === 0) return request.complete({ url: "u" });
      if (request.payload.pages > 1) return;
      request.progress(10, "begun");
      await new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason as Error)));
    });
    const batch = submitBatch(server.client.generateReport, inputs(150));
    await whenBatch(batch, ({ counts }) => counts.completed === 1 && counts.running === 1 && counts.queued === 148);
    await batch.cancel("enough");
    const results = await batch.results();
    expect(results[0]?.status).toBe("completed");
    for (const result of results.slice(1)) {
      expect(result).toMatchObject({ status: "cancelled", error: { code: "CANCELLED", details: { reason: "enough" } } });
    }
    expect(batch.state).toMatchObject({ percentage: 100, done: true, counts: { completed: 1, cancelled: 149 } });
    const cancels = server.connections[0]?.received.filter(({ type }) => type === "cancel_batch");
    expect(cancels).toEqual([
      { type: "cancel_batch", batch_id: batch.id, first: 1, count: 100, reason: "enough" },
      { type: "cancel_batch", batch_id: batch.id, first: 101, count: 49, reason: "enough" },
    ]);
  });

  test("before anything was sent ends it without a server", async () => {
    const { client } = await setUp();
    const batch = submitBatch(actionOf(client), inputs(3));
    await batch.cancel();
    expect((await batch.results()).map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
  });

  test("while it is being submitted: what is on its way is cancelled when it has been answered, the rest is not sent", async () => {
    const { connection, client } = await setUpConnected();
    const batch = submitBatch(actionOf(client), inputs(500), { id: "b1" });
    for (let n = 0; n < 4; n += 1) await connection.next();
    const cancelled = batch.cancel();
    await whenBatch(batch, ({ counts }) => counts.cancelled === 100);
    for (let n = 0; n < 4; n += 1) {
      connection.send(reply("submit_batch", pending(100, n * 100)));
      expect(await connection.next()).toEqual({ type: "cancel_batch", batch_id: "b1", first: n * 100, count: 100 });
    }
    for (let n = 0; n < 4; n += 1) {
      const items = pending(100, n * 100).map(({ n: number }): BatchItem => ({
        n: number,
        status: "cancelled",
        outcome: { type: "cancelled", request_id: `b1.${number}` },
      }));
      connection.send(reply("cancel_batch", items));
    }
    await cancelled;
    expect(batch.state.counts.cancelled).toBe(500);
    expect(connection.unread).toEqual([]);
  });

  test("after a submission whose answer was lost asks to cancel, and not to do it once more", async () => {
    const { server, connection, client } = await setUpConnected();
    const batch = submitBatch(actionOf(client), inputs(2), { id: "b1" });
    await connection.next();
    const cancelled = batch.cancel("late");
    connection.drop();
    const second = await server.accept();
    expect(await second.next()).toEqual({ type: "cancel_batch", batch_id: "b1", first: 0, count: 2, reason: "late" });
    second.send(
      reply("cancel_batch", [
        { n: 0, status: "processing", attempt: 1 },
        { n: 1, error: errorBody("NOT_FOUND") },
      ]),
    );
    await cancelled;
    expect(await second.next()).toEqual({ type: "subscribe_batch", batch_id: "b1", first: 0, count: 1 });
    second.send(reply("subscribe_batch", [{ n: 0, status: "processing", attempt: 1 }]));
    second.send(complete("in time", "b1.0"));
    expect((await batch.results()).map(({ status }) => status)).toEqual(["completed", "cancelled"]);
  });

  test("that is refused rejects, and the batch goes on", async () => {
    const { connection, client } = await setUpConnected();
    const batch = submitBatch(actionOf(client), inputs(2), { id: "b1" });
    await connection.next();
    connection.send(reply("submit_batch", pending(2)));
    await batch.accepted();
    const cancelled = batch.cancel();
    await connection.next();
    connection.send({ type: "error", batch_id: "b1", error: errorBody("FORBIDDEN") });
    await expect(cancelled).rejects.toMatchObject({ code: "FORBIDDEN" });
    for (const n of [0, 1]) connection.send(complete(n, `b1.${n}`));
    expect((await batch.results()).map(({ status }) => status)).toEqual(["completed", "completed"]);
  });

  test("at which the server fails is asked again", async () => {
    const { connection, client } = await setUpConnected();
    const batch = submitBatch(actionOf(client), inputs(1), { id: "b1" });
    await connection.next();
    connection.send(reply("submit_batch", pending(1)));
    await batch.accepted();
    const cancelled = batch.cancel();
    const asked = await connection.next();
    connection.sendText(GATEWAY_FRAME);
    expect(await connection.next()).toEqual(asked);
    connection.send(reply("cancel_batch", [{ n: 0, status: "cancelled", outcome: { type: "cancelled", request_id: "b1.0" } }]));
    await cancelled;
    expect(batch.state.counts.cancelled).toBe(1);
  });

  test("with a reason over 256 characters is refused, and after the end does nothing", async () => {
    const { connection, client } = await setUpConnected();
    const batch = submitBatch(actionOf(client), inputs(1), { id: "b1" });
    await connection.next();
    await expect(batch.cancel("x".repeat(257))).rejects.toMatchObject({ code: "INVALID_MESSAGE" });
    connection.send(reply("submit_batch", pending(1)));
    connection.send(complete("done", "b1.0"));
    await batch.results();
    await batch.cancel();
    expect(connection.unread).toEqual([]);
  });
});
