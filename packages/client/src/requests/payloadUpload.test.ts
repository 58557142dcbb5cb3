import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startBucketServer } from "../testing/bucketServer.ts";
import type { BucketServer } from "../testing/bucketServer.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { complete, errorBody, GATEWAY_FRAME, setUpConnected, when } from "../testing/setup.ts";
import { MAX_TRANSFER_RETRIES } from "./transfer.ts";

const payload = { text: "é".repeat(20_000) };
const body = JSON.stringify(payload);
const content = { size_bytes: Buffer.byteLength(body), sha256: createHash("sha256").update(body).digest("base64") };
const question = { type: "upload", request_id: "r1", action: "import", ...content };
const request = { type: "request", id: "r1", action: "import", uploaded: content };

/** A client whose request `r1` has asked where to upload. */
async function asked() {
  const bucket = await startBucketServer();
  const setup = await setUpConnected();
  const handle = setup.client.submit("import", payload, { id: "r1" });
  expect(await setup.connection.next()).toEqual(question);
  return { ...setup, bucket, handle };
}

function answer(connection: ScriptedConnection, bucket: BucketServer, path = "/up?signature=1"): void {
  const headers = { "x-amz-checksum-sha256": content.sha256 };
  connection.send({ type: "upload", request_id: "r1", url: bucket.url + path, headers, expires_at: 1_711_930_500 });
}

describe("a payload over a frame", () => {
  test("is uploaded as the server says, and then its request is sent", async () => {
    const { connection, bucket, handle } = await asked();
    answer(connection, bucket);
    const put = await bucket.next();
    expect(put).toMatchObject({
      method: "PUT",
      path: "/up?signature=1",
      headers: { "x-amz-checksum-sha256": content.sha256, "content-length": String(content.size_bytes) },
      body,
    });
    expect([handle.status, connection.unread]).toEqual(["submitting", []]);
    put.answer(200);
    expect(await connection.next()).toEqual(request);
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    await handle.accepted();
    connection.send(complete("done"));
    expect(await handle.result()).toBe("done");
  });

  test("keeps its metadata", async () => {
    const bucket = await startBucketServer();
    const { client, connection } = await setUpConnected();
    client.submit("import", payload, { id: "r1", metadata: { source: "menu" } });
    await connection.next();
    answer(connection, bucket);
    (await bucket.next()).answer(200);
    expect(await connection.next()).toEqual({ ...request, metadata: { source: "menu" } });
  });

  test("is asked for again after a reconnect", async () => {
    const { connection, server, bucket } = await asked();
    connection.drop();
    const second = await server.accept();
    expect(await second.next()).toEqual(question);
    answer(second, bucket);
    (await bucket.next()).answer(200);
    expect(await second.next()).toEqual(request);
  });

  test("that is there is not uploaded again after a reconnect: only its request is sent again", async () => {
    const { connection, server, bucket, handle } = await asked();
    answer(connection, bucket);
    (await bucket.next()).answer(200);
    await connection.next();
    connection.drop();
    const second = await server.accept();
    expect(await second.next()).toEqual(request);
    second.send({ type: "acknowledgment", request_id: "r1", status: "pending", duplicate: true });
    await handle.accepted();
    expect(bucket.count).toBe(1);
  });

  test("goes on being uploaded while the connection is down", async () => {
    const { connection, server, bucket } = await asked();
    answer(connection, bucket);
    const put = await bucket.next();
    connection.drop();
    const second = await server.accept();
    expect(second.unread).toEqual([]);
    put.answer(200);
    expect(await second.next()).toEqual(request);
  });

  test("that is refused where it is put asks where to once more", async () => {
    const { connection, bucket } = await asked();
    answer(connection, bucket);
    (await bucket.next()).answer(403, "<Error>Request has expired</Error>");
    expect(await connection.next()).toEqual(question);
    answer(connection, bucket, "/up?signature=2");
    const second = await bucket.next();
    expect(second.path).toBe("/up?signature=2");
    second.answer(200);
    expect(await connection.next()).toEqual(request);
  });

  test("that can never be put there fails in the end, and its request is not sent", async () => {
    const { connection, bucket, handle } = await asked();
    for (let retry = 0; retry < MAX_TRANSFER_RETRIES; retry += 1) {
      answer(connection, bucket);
      (await bucket.next()).answer(500);
      expect(await connection.next()).toEqual(question);
    }
    answer(connection, bucket);
    (await bucket.next()).answer(500);
    await expect(handle.result()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "upload" } });
    await expect(handle.accepted()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(connection.unread).toEqual([]);
  });

  test("that the server does not want fails with the server's code", async () => {
    const { connection, bucket, handle } = await asked();
    connection.send({ type: "error", request_id: "r1", error: errorBody("FORBIDDEN") });
    await expect(handle.result()).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect([handle.status, bucket.count]).toEqual(["failed", 0]);
  });

  test("is asked for again when the server failed at the question; a second answer changes nothing", async () => {
    const { connection, bucket } = await asked();
    connection.sendText(GATEWAY_FRAME);
    expect(await connection.next()).toEqual(question);
    answer(connection, bucket, "/first");
    answer(connection, bucket, "/second");
    const put = await bucket.next();
    expect(put.path).toBe("/first");
    put.answer(200);
    expect(await connection.next()).toEqual(request);
    expect(bucket.count).toBe(1);
  });

  test("is broken off by a cancel, which needs no server", async () => {
    const { connection, client, bucket, handle } = await asked();
    answer(connection, bucket);
    const put = await bucket.next();
    await handle.cancel("changed my mind");
    await put.aborted;
    await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason: "changed my mind" } });
    expect(handle.status).toBe("cancelled");
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("is broken off when the client is closed", async () => {
    const { connection, client, bucket, handle } = await asked();
    answer(connection, bucket);
    const put = await bucket.next();
    await client.close();
    await put.aborted;
    await expect(handle.result()).rejects.toMatchObject({ details: { reason: "client_closed" } });
  });

  test("submitted twice under an id is one request; another one under it is refused", async () => {
    const { client, connection, bucket } = await asked();
    client.submit("import", payload, { id: "r1" });
    const other = client.submit("import", { text: "x".repeat(40_000) }, { id: "r1" });
    await when(other, () => other.status === "failed");
    await expect(other.result()).rejects.toMatchObject({ code: "DUPLICATE_REQUEST" });
    answer(connection, bucket);
    (await bucket.next()).answer(200);
    expect(await connection.next()).toEqual(request);
    expect(connection.unread).toEqual([]);
  });
});

test("metadata that is over a frame by itself is refused, and nothing is sent", async () => {
  const { client, connection } = await setUpConnected();
  // Control characters take six bytes each in JSON.
  const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`.padEnd(64, "\u0001"), "\u0001".repeat(256)]));
  const handle = client.submit("import", { text: "x".repeat(5_000) }, { metadata });
  await expect(handle.result()).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE", details: { limit_bytes: 32_768 } });
  await client.close();
  await connection.closed;
  expect(connection.unread).toEqual([]);
});
