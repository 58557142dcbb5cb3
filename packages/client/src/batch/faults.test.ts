import type { BatchItem, BatchMessage, ErrorBody, ErrorCode } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { setUp as setUpServer } from "../testing/server/sampleServer.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { GATEWAY_FRAME, actionOf, complete, errorBody, setUpConnected } from "../testing/setup.ts";
import { submitBatch } from "./submitBatch.ts";

const inputs = (count: number): { pages: number }[] => Array.from({ length: count }, (_, pages) => ({ pages }));

function reply(items: BatchItem[], reply_to: BatchMessage["reply_to"] = "submit_batch"): BatchMessage {
  return { type: "batch", batch_id: "b1", reply_to, items };
}

function pending(first: number, count: number): BatchMessage {
  return reply(Array.from({ length: count }, (_, index) => ({ n: first + index, status: "pending" })));
}

function refuse(connection: ScriptedConnection, code: ErrorCode, details?: ErrorBody["details"]): void {
  connection.send({ type: "error", batch_id: "b1", error: { ...errorBody(code), ...(details === undefined ? {} : { details }) } });
}

/** A client with a batch whose first frames have been sent: `frames` of 100 items. */
async function setUpSent(frames: number, random = 0) {
  const clock = createFakeClock();
  const setup = await setUpConnected({ clock, random: () => random });
  const { connection, client } = setup;
  const markers = Array.from({ length: 8 }, (_, n) => client.submit("marker", {}, { id: `marker-${n}` }));
  for (const { id } of markers) {
    expect(await connection.next()).toMatchObject({ id });
    connection.send({ type: "acknowledgment", request_id: id, status: "pending" });
  }
  /** Waits until the client has read all that was sent: it reads in order, and the last is the end of a marker. */
  const allRead = async (): Promise<void> => {
    const marker = markers.shift();
    if (marker === undefined) throw new Error("No markers are left.");
    connection.send(complete(null, marker.id));
    await marker.result();
  };
  const batch = submitBatch(actionOf(client), inputs(frames * 100), { id: "b1" });
  const firsts = await nextFirsts(connection, Math.min(4, frames));
  return { ...setup, clock, batch, firsts, allRead };
}

async function nextFirsts(connection: ScriptedConnection, count: number): Promise<unknown[]> {
  const firsts: unknown[] = [];
  for (let n = 0; n < count; n += 1) firsts.push((await connection.next())["first"]);
  return firsts;
}

describe("a frame of a batch", () => {
  test("that comes too early goes again when the server takes frames again; those that were taken do not", async () => {
    const { clock, connection, batch, firsts, allRead } = await setUpSent(4);
    expect(firsts).toEqual([0, 100, 200, 300]);
    refuse(connection, "RATE_LIMITED", { retry_after: 7 });
    connection.send(pending(100, 100));
    refuse(connection, "RATE_LIMITED", { retry_after: 2 });
    connection.send(pending(300, 100));
    await allRead();
    await clock.advance(16);
    expect(batch.state.counts.queued).toBe(200);
    await clock.advance(6_000);
    expect(connection.unread).toEqual([]);
    await clock.advance(1_000);
    expect(await nextFirsts(connection, 2)).toEqual([0, 200]);
    connection.send(pending(0, 100));
    connection.send(pending(200, 100));
    await batch.accepted();
    expect(connection.unread).toEqual([]);
  });

  test("that was refused is told from those that were not, when the errors are alike", async () => {
    const { connection, batch } = await setUpSent(3);
    refuse(connection, "FORBIDDEN");
    refuse(connection, "FORBIDDEN");
    connection.send(pending(100, 100));
    await batch.accepted();
    expect(batch.state.counts).toMatchObject({ rejected: 200, queued: 100 });
    expect(batch.item(0)).toMatchObject({ status: "rejected", error: { code: "FORBIDDEN" } });
    expect(connection.unread).toEqual([]);
  });

  test("is the last to be sent, until it is known which frames an error was about", async () => {
    const { connection, client, batch, allRead } = await setUpSent(5);
    refuse(connection, "FORBIDDEN");
    connection.send(pending(0, 100));
    connection.send(pending(100, 100));
    await allRead();
    // What the client sent before this would be here before it.
    client.submit("echo", {}, { id: "after" });
    expect(await connection.next()).toMatchObject({ id: "after" });
    connection.send(pending(200, 100));
    expect(await nextFirsts(connection, 1)).toEqual([400]);
    connection.send(pending(400, 100));
    await batch.accepted();
    expect(batch.state.counts).toMatchObject({ queued: 400, rejected: 100 });
    expect(batch.item(300).error?.code).toBe("FORBIDDEN");
  });

  test("is sent again alone, when several were refused for different reasons", async () => {
    const { connection, batch } = await setUpSent(3);
    refuse(connection, "VALIDATION_ERROR");
    refuse(connection, "FORBIDDEN");
    connection.send(pending(0, 100));
    expect(await nextFirsts(connection, 1)).toEqual([100]);
    refuse(connection, "FORBIDDEN");
    expect(await nextFirsts(connection, 1)).toEqual([200]);
    refuse(connection, "VALIDATION_ERROR");
    await batch.accepted();
    expect([0, 100, 200].map((n) => batch.item(n).error?.code)).toEqual([undefined, "FORBIDDEN", "VALIDATION_ERROR"]);
    expect(connection.unread).toEqual([]);
  });

  test("at which the server fails goes again later, with all that was not answered by then", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(2, 0.5);
    connection.sendText(GATEWAY_FRAME);
    connection.send(pending(0, 100));
    await allRead();
    await clock.advance(16);
    expect(batch.state.counts.queued).toBe(100);
    expect(connection.unread).toEqual([]);
    await clock.advance(500);
    expect(await nextFirsts(connection, 1)).toEqual([100]);
    connection.send(pending(100, 100));
    await batch.accepted();
  });

  test("at which the server fails six times is given up: its items are rejected, and may be submitted again", async () => {
    const { clock, connection, client, batch, allRead } = await setUpSent(1, 0.5);
    const fail = async (): Promise<void> => {
      connection.sendText(GATEWAY_FRAME);
      await allRead();
      await clock.advance(30_000);
    };
    for (let time = 1; time < 6; time += 1) {
      await fail();
      expect(await nextFirsts(connection, 1)).toEqual([0]);
    }
    await fail();
    await batch.accepted();
    expect(batch.item(99)).toMatchObject({ status: "rejected", error: { code: "SERVICE_UNAVAILABLE", details: { reason: "gateway" } } });
    submitBatch(actionOf(client), inputs(100), { id: "b1" });
    expect(await nextFirsts(connection, 1)).toEqual([0]);
    connection.send(pending(0, 100));
    await batch.accepted();
    expect(batch.state.counts.queued).toBe(100);
  });

  test("some of whose items the server cannot take now: those go again later", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(1, 0.5);
    const busy = errorBody("SERVICE_UNAVAILABLE");
    connection.send(reply(Array.from({ length: 100 }, (_, n) => (n === 4 || n === 5 ? { n, error: busy } : { n, status: "pending" }))));
    await allRead();
    expect(connection.unread).toEqual([]);
    await clock.advance(1_000);
    expect(await connection.next()).toEqual({
      type: "submit_batch",
      batch_id: "b1",
      action: "process_data",
      first: 4,
      payloads: [{ pages: 4 }, { pages: 5 }],
    });
    connection.send(
      reply([
        { n: 4, status: "pending" },
        { n: 5, status: "pending" },
      ]),
    );
    await batch.accepted();
    expect(batch.state.counts.queued).toBe(100);
  });

  test("that an older server cannot read fails its items, though the error does not name them", async () => {
    const { connection, batch } = await setUpSent(2);
    for (let n = 0; n < 2; n += 1) connection.send({ type: "error", error: errorBody("INVALID_MESSAGE") });
    const results = await batch.results();
    expect(new Set(results.map((result) => "error" in result && `${result.status} ${result.error.code}`))).toEqual(
      new Set(["rejected INVALID_MESSAGE"]),
    );
    expect(connection.unread).toEqual([]);
  });

  test("that was limited without being looked at goes again", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(1);
    connection.send({ type: "error", error: { ...errorBody("RATE_LIMITED"), details: { retry_after: 3 } } });
    await allRead();
    await clock.advance(3_000);
    expect(await nextFirsts(connection, 1)).toEqual([0]);
    connection.send(pending(0, 100));
    await batch.accepted();
  });
});

describe("news", () => {
  test("that overtakes the answer implies that the item was taken, and a late line of an older attempt says nothing", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(1);
    const line = { type: "progress", request_id: "b1.3", previous: 0, message: "", timestamp: 1 } as const;
    connection.send({ ...line, sequence: 2_000_001, attempt: 2, percentage: 30 });
    connection.send({ ...line, sequence: 1_000_009, attempt: 1, percentage: 90 });
    connection.send({ type: "status", request_id: "b1.3", status: "retrying", attempt: 1 });
    await allRead();
    await clock.advance(16);
    expect(batch.state.counts.running).toBe(1);
    expect(batch.item(3)).toMatchObject({ percentage: 30, status: "running" });
    connection.send(pending(0, 100));
    await batch.accepted();
    expect(batch.state.counts).toMatchObject({ running: 1, queued: 99 });
  });

  test("of the attempt that failed, when it comes late, does not end the waiting for the next", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(1);
    connection.send(pending(0, 100));
    const line = { type: "progress", request_id: "b1.3", previous: 0, message: "", timestamp: 1 } as const;
    connection.send({ ...line, sequence: 1_000_001, attempt: 1, percentage: 30 });
    connection.send({ type: "status", request_id: "b1.3", status: "retrying", attempt: 1, retry_at: 2 });
    connection.send({ ...line, sequence: 1_000_002, attempt: 1, percentage: 60 });
    await allRead();
    await clock.advance(16);
    expect(batch.item(3)).toMatchObject({ status: "retrying", percentage: 60 });
    connection.send({ ...line, sequence: 2_000_001, attempt: 2, percentage: 1 });
    await allRead();
    await clock.advance(16);
    expect(batch.item(3)).toMatchObject({ status: "running", percentage: 60 });
  });

  test("of a run that ended, when it seems to be of another, makes the client ask; an answer from before the end changes nothing", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(1);
    connection.send(pending(0, 100));
    for (let n = 0; n < 100; n += 1) connection.send({ type: "error", request_id: `b1.${n}`, error: errorBody("TIMEOUT"), final: true });
    await batch.results();
    connection.send({ type: "status", request_id: "b1.3", status: "processing", attempt: 1 });
    expect(await connection.next()).toEqual({ type: "subscribe_batch", batch_id: "b1", first: 3, count: 1 });
    connection.send(reply([{ n: 3, status: "processing", attempt: 0 }], "subscribe_batch"));
    await allRead();
    await clock.advance(16);
    expect(batch.state).toMatchObject({ done: true, counts: { failed: 100 } });
    connection.send({ type: "status", request_id: "b1.3", status: "processing", attempt: 1 });
    await connection.next();
    connection.send(reply([{ n: 3, status: "processing", attempt: 1 }], "subscribe_batch"));
    await allRead();
    await clock.advance(16);
    expect(batch.state).toMatchObject({ done: false, counts: { failed: 99, running: 1 } });
  });

  test("of another batch, of no item, and late answers change nothing", async () => {
    const { clock, connection, batch, allRead } = await setUpSent(1);
    connection.send(pending(0, 100));
    await batch.accepted();
    const { state } = batch;
    connection.send(pending(0, 100));
    connection.send(reply([{ n: 0, error: errorBody("FORBIDDEN") }]));
    connection.send({ ...pending(0, 100), batch_id: "b2" });
    connection.send(complete("nobody's", "b1.500"));
    connection.send(complete("nobody's", "b2.0"));
    refuse(connection, "FORBIDDEN");
    await allRead();
    await clock.advance(100);
    expect(batch.state).toBe(state);
  });

  test("whatever the network loses, doubles and turns round, the end is the same", async () => {
    const server = setUpServer();
    const fates = ["twice", "later", "deliver", "twice", "later"] as const;
    let sent = 0;
    server.intercept((message) => (message.type === "batch" ? undefined : fates[(sent += 1) % fates.length]));
    server.on("generate_report", (request) => {
      request.acknowledge();
      for (const percentage of [10, 50, 90]) request.progress(percentage, "");
      request.complete({ url: `${request.payload.pages}` });
    });
    const batch = submitBatch(server.client.generateReport, inputs(200));
    const results = await batch.results();
    expect(results.map((result) => result.status === "completed" && result.data.url)).toEqual(inputs(200).map(({ pages }) => `${pages}`));
  });
});

describe("a batch that is disposed of", () => {
  test("sends nothing more and tells nothing more; what the server has goes on", async () => {
    const { clock, connection, client, server, change, batch, allRead } = await setUpSent(5);
    let changes = 0;
    batch.dispose();
    batch.onChange(() => (changes += 1));
    connection.send(pending(0, 100));
    connection.send(complete("done", "b1.0"));
    await allRead();
    await clock.advance(1_000);
    expect([connection.unread, changes, batch.state.error]).toMatchObject([[], 0, { details: { reason: "disposed" } }]);
    await expect(batch.results()).rejects.toMatchObject({ details: { reason: "disposed" } });
    await expect(batch.cancel()).rejects.toMatchObject({ details: { reason: "disposed" } });
    connection.drop();
    await change(({ retryInMs }) => retryInMs !== undefined);
    await clock.advance(0);
    const second = await server.accept();
    client.submit("last", {}, { id: "last" });
    const types: unknown[] = [];
    for (let frame = await second.next(); frame["id"] !== "last"; frame = await second.next()) types.push(frame["type"]);
    expect(new Set(types)).toEqual(new Set(["subscribe"]));
  });

  test("leaves no timer behind, as the closing of the client does", async () => {
    const { clock, connection, client, batch, allRead } = await setUpSent(1, 0.5);
    connection.sendText(GATEWAY_FRAME);
    await allRead();
    batch.dispose();
    await client.close();
    expect(clock.pending).toBe(0);
  });
});
