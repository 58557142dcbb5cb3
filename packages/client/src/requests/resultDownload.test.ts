import type { CompleteMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { startBucketServer } from "../testing/bucketServer.ts";
import type { BucketServer } from "../testing/bucketServer.ts";
import { collect, progress, sequenceOf, setUpRunning, when } from "../testing/setup.ts";
import type { StreamerClientOptions } from "../types.ts";
import { MAX_TRANSFER_RETRIES, TRANSFER_TIMEOUT_MS } from "./transfer.ts";

const result = { text: "é".repeat(100), pages: [{ url: "" }] };
const body = JSON.stringify(result);
const sizeBytes = Buffer.byteLength(body);

/** A client with `r1` running, and a bucket. */
async function running(options: Partial<StreamerClientOptions> = {}) {
  const bucket = await startBucketServer();
  return { ...(await setUpRunning(options)), bucket };
}

function completed(bucket: BucketServer, path = "/result?signature=1", files?: Record<string, string>): CompleteMessage {
  const reference = { url: bucket.url + path, size_bytes: sizeBytes, ...(files === undefined ? {} : { files }) };
  return { type: "complete", request_id: "r1", result: { success: true, reference }, timestamp: 1_711_929_600 };
}

describe("a result by reference", () => {
  test("is fetched, and given with the URLs of its files in their places", async () => {
    const { connection, bucket, handle } = await running();
    connection.send(completed(bucket, undefined, { "/pages/0/url": "https://files.example/1" }));
    const get = await bucket.next();
    expect([get.method, get.path, handle.status]).toEqual(["GET", "/result?signature=1", "running"]);
    get.answer(200, body);
    expect(await handle.result()).toEqual({ ...result, pages: [{ url: "https://files.example/1" }] });
    expect(handle.status).toBe("completed");
    expect(connection.unread).toEqual([]);
  });

  test("comes after every update, as one in its message does", async () => {
    const { connection, bucket, handle } = await running();
    connection.send(progress(2));
    connection.send(completed(bucket));
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
    expect(bucket.count).toBe(0);
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [progress(1), progress(2)], more: false });
    (await bucket.next()).answer(200, body);
    expect(await handle.result()).toEqual(result);
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
  });

  test("is given to who subscribes after the end", async () => {
    const { connection, server, bucket, handle } = await running();
    connection.drop();
    const second = await server.accept();
    await second.next();
    second.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: completed(bucket) });
    (await bucket.next()).answer(200, body);
    expect(await handle.result()).toEqual(result);
  });

  test("whose URL has expired is asked for again, after the last update", async () => {
    const { connection, bucket, handle } = await running();
    connection.send(progress(1));
    connection.send(completed(bucket));
    (await bucket.next()).answer(403, "<Error>Request has expired</Error>");
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
    const outcome = completed(bucket, "/result?signature=2");
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome });
    const second = await bucket.next();
    expect(second.path).toBe("/result?signature=2");
    second.answer(200, body);
    expect(await handle.result()).toEqual(result);
  });

  test.each([
    ["is cut short", body.slice(0, -1)],
    ["is no JSON", "x".repeat(sizeBytes)],
    ["lacks the place of a file", `{"text":"${"x".repeat(sizeBytes - 11)}"}`],
  ])("that %s is not used, but fetched again", async (_, wrong) => {
    const { connection, bucket, handle } = await running();
    const files = { "/pages/0/url": "https://files.example/1" };
    connection.send(completed(bucket, undefined, files));
    (await bucket.next()).answer(200, wrong);
    await connection.next();
    expect(handle.status).toBe("running");
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: completed(bucket) });
    (await bucket.next()).answer(200, body);
    expect(await handle.result()).toEqual(result);
  });

  test("that can never be fetched fails in the end, in a way that may be tried again", async () => {
    const { connection, bucket, handle } = await running();
    connection.send(completed(bucket));
    for (let tries = 0; tries <= MAX_TRANSFER_RETRIES; tries += 1) {
      (await bucket.next()).answer(503);
      if (tries === MAX_TRANSFER_RETRIES) break;
      expect(await connection.next()).toMatchObject({ type: "subscribe" });
      connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: completed(bucket) });
    }
    await expect(handle.result()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true, details: { reason: "download" } });
  });

  test("delivered twice is fetched once", async () => {
    const { connection, bucket, handle } = await running();
    connection.send(completed(bucket));
    const get = await bucket.next();
    connection.send(completed(bucket, "/again"));
    connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 3 });
    await when(handle, () => handle.attempt === 3);
    get.answer(200, body);
    expect(await handle.result()).toEqual(result);
    expect(bucket.count).toBe(1);
  });

  test("is broken off when the client is closed", async () => {
    const { connection, client, bucket, handle } = await running();
    connection.send(completed(bucket));
    const get = await bucket.next();
    await client.close();
    await get.aborted;
    await expect(handle.result()).rejects.toMatchObject({ details: { reason: "client_closed" } });
  });

  test("that does not come is broken off after five minutes, and fetched again", async () => {
    const clock = createFakeClock();
    const { connection, bucket } = await running({ clock });
    connection.send(completed(bucket));
    const get = await bucket.next();
    await clock.advance(TRANSFER_TIMEOUT_MS);
    await get.aborted;
    // The delay before the next try, which begins when the broken transfer has been noticed.
    const sent = async (): Promise<unknown[]> => {
      await clock.advance(1);
      return connection.unread.map(({ type }) => type);
    };
    await expect.poll(sent).toContain("subscribe");
  });
});

test("neither URLs nor what they give reach the logger", async () => {
  const logged: unknown[] = [];
  const log = (...entry: unknown[]): void => void logged.push(entry);
  const { connection, bucket, handle } = await running({ logger: { debug: log, warn: log } });
  connection.sendText(JSON.stringify({ type: "complete", request_id: "r1", result: { reference: { url: `${bucket.url}/?signature=0` } } }));
  connection.send(completed(bucket));
  (await bucket.next()).answer(403);
  await connection.next();
  connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: completed(bucket) });
  (await bucket.next()).answer(200, body);
  await handle.result();
  expect(logged.length).toBeGreaterThan(0);
  expect(JSON.stringify(logged)).not.toMatch(/signature|é/);
});
