import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";

const PAGE = "http://127.0.0.1:4000";
const object = { Bucket: "results", Key: "acme/report 1 (final).pdf" };

let dataDir: string;
let storage: Storage;
let s3: S3Client;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-cors-"));
  storage = await startStorage({ dataDir });
  await storage.createBucket("results");
  s3 = new S3Client({ endpoint: storage.s3Endpoint, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });
});
afterAll(async () => {
  s3.destroy();
  await storage.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test("a presigned URL is path style on this machine's address", async () => {
  const { origin, pathname } = new URL(await getSignedUrl(s3, new GetObjectCommand(object)));
  expect(origin).toBe(storage.s3Endpoint);
  expect(decodeURIComponent(pathname)).toBe("/results/acme/report 1 (final).pdf");
});

test("a page of this machine uploads and downloads by presigned URLs", async () => {
  const upload = await getSignedUrl(s3, new PutObjectCommand({ ...object, ContentType: "application/pdf" }));
  const preflight = await fetch(upload, {
    method: "OPTIONS",
    headers: { origin: PAGE, "access-control-request-method": "PUT", "access-control-request-headers": "content-type" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type");

  const put = await fetch(upload, { method: "PUT", body: "the report", headers: { origin: PAGE, "content-type": "application/pdf" } });
  expect([put.status, put.headers.get("access-control-allow-origin")]).toEqual([200, PAGE]);

  const got = await fetch(await getSignedUrl(s3, new GetObjectCommand(object)), { headers: { origin: PAGE } });
  expect([got.status, got.headers.get("access-control-allow-origin")]).toEqual([200, PAGE]);
  expect(got.headers.get("content-type")).toBe("application/pdf");
  await expect(got.text()).resolves.toBe("the report");
});

test.each(["https://example.com", "https://127.0.0.1.example.com", "null"])("a page of %s is not let in", async (origin) => {
  const url = await getSignedUrl(s3, new GetObjectCommand(object));
  const preflight = await fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "DELETE" } });
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  const got = await fetch(url, { headers: { origin } });
  expect(got.headers.get("access-control-allow-origin")).toBeNull();
});

test("a request from no page has no such headers", async () => {
  const got = await fetch(await getSignedUrl(s3, new GetObjectCommand(object)));
  expect(got.headers.get("access-control-allow-origin")).toBeNull();
});
