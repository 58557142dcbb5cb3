import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import type { RawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { TableError } from "./errors.ts";
import { createRequestStore } from "./requestStore.ts";
import { INLINE_BODY_BYTES } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { RequestRef, StoredRequest } from "./storedRequest.ts";

let config: TableConfig;
let store: RequestStore;
let raw: RawTable;
beforeAll(async () => {
  config = await createTestTable();
  store = createRequestStore(config, createFakeClock());
  raw = createRawTable(config);
});

/** JSON text of so many bytes: with an `é`, one more than it has characters. */
const bodyOf = (bytes: number): string => JSON.stringify(`é${"x".repeat(bytes - 4)}`);
const itemsOf = async (ref: RequestRef): Promise<string[]> => Object.keys(await raw.request(ref));

async function running(): Promise<StoredRequest> {
  const { request } = await store.create(sampleRequest());
  const claim = await store.claim(request, 60_000);
  if (!claim.done) throw new Error("a new request must be claimable");
  return claim.request;
}
async function completed(ref: RequestRef): Promise<StoredRequest> {
  const request = await store.getConsistent(ref);
  if (request?.status !== "completed") throw new Error("the request must be completed");
  return request;
}

describe("a payload", () => {
  it.each([
    ["of 4 KB stands on the request", INLINE_BODY_BYTES, ["request"]],
    ["of a byte more stands in an item of its own", INLINE_BODY_BYTES + 1, ["payload", "request"]],
    ["as large as a message stands in an item of its own", 128 * 1024, ["payload", "request"]],
  ])("%s", async (_, bytes, items) => {
    const payload = bodyOf(bytes);
    expect(Buffer.byteLength(payload)).toBe(bytes);
    const created = await store.create(sampleRequest({ payload }));
    expect(created).toMatchObject({ created: true });
    expect(await itemsOf(created.request)).toEqual(items);
    const stored = await store.get(created.request);
    expect(stored).toEqual(created.request);
    expect(await store.payloadOf(created.request)).toBe(payload);
  });

  it("in an item of its own does not stand on the request too, which every heartbeat bills", async () => {
    const { request } = await store.create(sampleRequest({ payload: bodyOf(5_000) }));
    expect((await raw.request(request))["request"]).not.toHaveProperty("payload");
  });

  it("in an item of its own does not replace that of whoever has the id", async () => {
    const payload = bodyOf(5_000);
    const first = await store.create(sampleRequest({ payload }));
    const second = await store.create(sampleRequest({ payload: bodyOf(6_000), requestId: first.request.requestId, payloadHash: "other" }));
    expect(second).toEqual({ created: false, request: first.request });
    expect(await store.payloadOf(second.request)).toBe(payload);
  });

  it("in an item of its own is not left behind by a create that lost to a small one", async () => {
    const first = await store.create(sampleRequest());
    await store.create(sampleRequest({ payload: bodyOf(5_000), requestId: first.request.requestId }));
    expect(await itemsOf(first.request)).toEqual(["request"]);
  });

  it("that was uploaded is named on the request", async () => {
    const upload = { key: "generate_report/uploads/Acme/u/r1/hash", sizeBytes: 2_000_000, sha256: "47DEQpj8HBSa" };
    const { request } = await store.create(sampleRequest({ payload: upload }));
    expect(request).toMatchObject({ payload: undefined, upload });
    expect(await store.get(request)).toEqual(request);
    expect(await itemsOf(request)).toEqual(["request"]);
  });

  it("whose item is gone is an error of the table that names the verb", async () => {
    const { request } = await store.create(sampleRequest());
    const lost = { ...request, requestId: crypto.randomUUID(), payload: undefined };
    await expect(store.payloadOf(lost)).rejects.toMatchObject({ verb: "request.payloadOf", code: "SERVICE_UNAVAILABLE" });
  });

  it("keeps what DynamoDB's own types would not: depth and huge numbers", async () => {
    const payload = `${'{"a":'.repeat(60)}12345678901234567890123456789012345678901234567890${"}".repeat(60)}`;
    const { request } = await store.create(sampleRequest({ payload }));
    const stored = await store.get(request);
    expect(stored && (await store.payloadOf(stored))).toBe(payload);
  });
});

describe("a result", () => {
  it.each([
    ["of 4 KB stands on the request", INLINE_BODY_BYTES, ["request"]],
    ["of a byte more stands in an item of its own", INLINE_BODY_BYTES + 1, ["request", "result"]],
    ["as large as a message stands in an item of its own", 128 * 1024, ["request", "result"]],
  ])("%s, with its files", async (_, bytes, items) => {
    const request = await running();
    const result = { body: bodyOf(bytes), files: { "/url": "Acme/r1/1/report.pdf", "/a~1b/0": "k" } };
    const progress = { percentage: 100, message: "Completed", at: 3 };
    expect(await store.complete(request, 1, result, progress)).toMatchObject({ done: true });
    expect(await itemsOf(request)).toEqual(items);
    const ended = await completed(request);
    expect(ended).toMatchObject({ lastProgress: 100, lastMessage: "Completed", leaseExpiresAt: undefined });
    expect(await store.resultOf(ended)).toEqual(result);
  });

  it("in an item of its own does not stand on the request too", async () => {
    const request = await running();
    await store.complete(request, 1, { body: bodyOf(5_000), files: {} }, undefined);
    expect((await raw.request(request))["request"]).not.toHaveProperty("result");
  });

  it("that is a file as a whole keeps its place", async () => {
    const request = await running();
    const result = { body: '""', files: { "": "Acme/r1/1/report.pdf" } };
    await store.complete(request, 1, result, undefined);
    expect(await store.resultOf(await completed(request))).toEqual(result);
  });

  it("in the bucket is named on the request", async () => {
    const request = await running();
    const result = { key: "generate_report/Acme/r1/1/result/result.json", sizeBytes: 2_000_000, files: { "/url": "k" } };
    expect(await store.complete(request, 1, result, undefined)).toMatchObject({ done: true });
    expect(await itemsOf(request)).toEqual(["request"]);
    const ended = await completed(request);
    expect(ended).toMatchObject({ result: undefined, resultObject: { key: result.key, sizeBytes: 2_000_000 } });
    expect(await store.resultOf(ended)).toEqual(result);
  });

  it("of an attempt that lost leaves no item", async () => {
    const request = await running();
    expect(await store.complete(request, 2, { body: bodyOf(5_000), files: {} }, undefined)).toEqual({ done: false, request });
    expect(await itemsOf(request)).toEqual(["request"]);
  });

  it("of an attempt that lost does not replace that of the one that won", async () => {
    const request = await running();
    const won = { body: bodyOf(5_000), files: {} };
    await store.complete(request, 1, won, undefined);
    await store.complete(request, 1, { body: bodyOf(6_000), files: {} }, undefined);
    expect(await store.resultOf(await completed(request))).toEqual(won);
  });

  it("whose item is gone is an error of the table that names the verb", async () => {
    const request = await running();
    const lost: StoredRequest = { ...request, requestId: crypto.randomUUID() };
    await expect(store.resultOf(lost)).rejects.toBeInstanceOf(TableError);
    await expect(store.resultOf(lost)).rejects.toMatchObject({ verb: "request.resultOf" });
  });
});

describe("what clients and actions fill", () => {
  it("keeps metadata of any names", async () => {
    const metadata = { "": "empty", __proto__x: "1", "a.b#c": "é" };
    const { request } = await store.create(sampleRequest({ metadata }));
    expect((await store.get(request))?.metadata).toEqual(metadata);
  });

  it("keeps a failure's details as their JSON is, whatever they hold", async () => {
    const request = await running();
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${"}".repeat(60)}`) as unknown;
    const details = { at: new Date(0), nothing: undefined, "": [], huge: 1e300, deep };
    await store.fail(request, 1, { code: "PROCESSING_FAILED", details }, undefined);
    const failed = await store.get(request);
    expect(failed?.error).toEqual({ code: "PROCESSING_FAILED", details: { at: "1970-01-01T00:00:00.000Z", "": [], huge: 1e300, deep } });
  });
});
