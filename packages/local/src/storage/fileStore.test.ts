import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileStore } from "@streamer/server";
import type { FileStore } from "@streamer/server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";

const PAGE = "http://localhost:5173";
const body = '{"text":"ü"}';
const content = { sizeBytes: Buffer.byteLength(body), sha256: createHash("sha256").update(body).digest("base64") };
const key = "generate_report/uploads/a%2Fb/u%2E/r1/hash";

let dataDir: string;
let storage: Storage;
let files: FileStore;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-files-"));
  storage = await startStorage({ dataDir });
  await storage.createBucket("results");
  // As a function is told where S3 is.
  vi.stubEnv("AWS_ENDPOINT_URL_S3", storage.s3Endpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  files = createFileStore({ bucket: "results" });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await storage.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe("an upload", () => {
  test("is signed for one length and one hash, and for 15 minutes", async () => {
    const { url, headers } = await files.signUpload(key, content);
    const { searchParams } = new URL(url);
    expect(searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;host;x-amz-checksum-sha256");
    expect(searchParams.get("X-Amz-Expires")).toBe("900");
    expect(headers).toEqual({ "x-amz-checksum-sha256": content.sha256 });
    // One that the SDK adds by itself would be of nothing: it does not know the content.
    expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  });

  test.each([
    ["whatever characters are in it", key],
    ["of an item of a batch", "generate_report/uploads/acme/ada/b1.7/hash"],
  ])("from a page is there under its key, %s", async (_, place) => {
    const { url, headers } = await files.signUpload(place, content);
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: PAGE, "access-control-request-method": "PUT", "access-control-request-headers": Object.keys(headers).join() },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([204, "x-amz-checksum-sha256"]);
    const put = await fetch(url, { method: "PUT", headers: { ...headers, origin: PAGE }, body });
    expect([put.status, put.headers.get("access-control-allow-origin")]).toEqual([200, PAGE]);
    expect(await files.sizeOf(place)).toBe(content.sizeBytes);
    expect(Buffer.from((await files.get(place)) ?? []).toString()).toBe(body);
    expect(await (await fetch(await files.sign(place))).text()).toBe(body);
  });

  test("that was never made is told from one that was", async () => {
    expect([await files.sizeOf("nothing"), await files.get("nothing")]).toEqual([undefined, undefined]);
  });

  test("may be of 10 MiB", async () => {
    const large = new Uint8Array(10 * 1024 * 1024);
    const { url, headers } = await files.signUpload("large", {
      sizeBytes: large.byteLength,
      sha256: createHash("sha256").update(large).digest("base64"),
    });
    expect((await fetch(url, { method: "PUT", headers, body: large })).status).toBe(200);
    expect(await files.sizeOf("large")).toBe(large.byteLength);
  });
});

test("a bucket that does not answer is no missing object", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
  vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
  const unreachable = createFileStore({ bucket: "results" });
  await expect(unreachable.sizeOf("any")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(unreachable.get("any")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
