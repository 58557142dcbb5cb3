import { createHash } from "node:crypto";
import { MAX_BODY_BYTES } from "@streamer/protocol";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createFakeFiles } from "../testing/fakeFiles.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { Middleware } from "./routed.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const body = '{"start":"2024-01-01"}';
const content = { size_bytes: body.length, sha256: createHash("sha256").update(body).digest("base64") };
const hash = Buffer.from(content.sha256, "base64").toString("base64url");
const upload = { type: "upload", request_id: "r1", action: "generate_report", ...content };
const request = { id: "r1", action: "generate_report", uploaded: content };
const refused = (code: string, details?: object) => ({
  type: "error",
  request_id: "r1",
  error: { code, ...(details === undefined ? {} : { details }) },
});

function open(middleware: readonly Middleware[] = []) {
  const files = createFakeFiles();
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" }, middleware }, { files });
  const keyOf = (userId: string): string => `generate_report/uploads/${harness.tenantId}/${userId}/r1/${hash}`;
  return { ...harness, files, keyOf };
}

describe("an upload", () => {
  test("is given a URL for its sender, its request and its content alone, and stores nothing", async () => {
    const { send, connect, clock, deps, tenantId, keyOf } = open();
    const answer = await send(await connect({ userId: "u.1/x" }), upload);
    expect(answer).toEqual({
      type: "upload",
      request_id: "r1",
      url: `https://files.example/${keyOf("u%2E1%2Fx")}?signed-to-put`,
      headers: { "x-amz-checksum-sha256": content.sha256 },
      expires_at: Math.floor(clock.now() / 1000) + 900,
    });
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toBeUndefined();
  });

  test("of an item of a batch has the item's id in its place, and its request finds it there", async () => {
    const { send, connect, files, tenantId } = open();
    const connectionId = await connect({ userId: "ada" });
    const key = `generate_report/uploads/${tenantId}/ada/b1.7/${hash}`;
    expect(await send(connectionId, { ...upload, request_id: "b1.7" })).toMatchObject({
      url: `https://files.example/${key}?signed-to-put`,
    });
    await files.put(key, body, "application/json");
    expect(await send(connectionId, { ...request, id: "b1.7" })).toEqual({ type: "acknowledgment", request_id: "b1.7", status: "pending" });
  });

  test.each([".", "..", "../r1", "a..1", ".1", "b1.", "b1.7/..", "b1.7.1"])(
    "under an id that is a step of a path, as %s, is refused",
    async (id) => {
      const { send, connect } = open();
      const answer = await send(await connect(), { ...upload, request_id: id });
      expect(answer).toMatchObject({ type: "error", error: { code: "INVALID_MESSAGE" } });
    },
  );

  test.each([
    ["of an action that is not there", { action: "fly" }, refused("INVALID_ACTION")],
    ["for which the token lacks a permission", { action: "purge_reports" }, refused("FORBIDDEN")],
    ["of a short action", { action: "echo" }, refused("PAYLOAD_TOO_LARGE", { size_bytes: body.length, limit_bytes: 32_768 })],
    [
      "over 10 MiB",
      { size_bytes: MAX_BODY_BYTES + 1 },
      refused("PAYLOAD_TOO_LARGE", { size_bytes: MAX_BODY_BYTES + 1, limit_bytes: MAX_BODY_BYTES }),
    ],
  ])("%s is refused", async (_, fields, expected) => {
    const { send, connect } = open();
    expect(await send(await connect(), { ...upload, ...fields })).toMatchObject(expected);
  });

  test("of exactly 10 MiB is taken", async () => {
    const { send, connect } = open();
    expect(await send(await connect(), { ...upload, size_bytes: MAX_BODY_BYTES })).toMatchObject({ type: "upload" });
  });

  test("after the token's end is refused", async () => {
    const { send, connect, clock } = open();
    const connectionId = await connect({ tokenExpiresAt: clock.now() / 1000 });
    expect(await send(connectionId, upload)).toMatchObject(refused("UNAUTHORIZED"));
  });

  test("does not pass the app's own middleware: its request will", async () => {
    const middleware = vi.fn<Middleware>((_, next) => next());
    const { send, connect, files, keyOf } = open([middleware]);
    const connectionId = await connect();
    await send(connectionId, upload);
    expect(middleware).not.toHaveBeenCalled();
    await files.put(keyOf("u1"), body, "");
    await send(connectionId, request);
    expect(middleware).toHaveBeenCalledOnce();
  });

  test("leaves no URL in the log", async () => {
    const { send, connect, log } = open();
    await send(await connect(), upload);
    expect(log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(log.lines)).not.toContain("signed-to-put");
  });
});

describe("a request with an uploaded payload", () => {
  async function uploaded() {
    const harness = open();
    await harness.files.put(harness.keyOf("u1"), body, "");
    return { ...harness, connectionId: await harness.connect() };
  }

  test("is acknowledged, and where its payload is is stored in place of it", async () => {
    const { send, connectionId, deps, tenantId, keyOf } = await uploaded();
    expect(await send(connectionId, request)).toEqual({ type: "acknowledgment", request_id: "r1", status: "pending" });
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toMatchObject({
      payload: undefined,
      upload: { key: keyOf("u1"), sizeBytes: body.length, sha256: content.sha256 },
    });
  });

  test("is the same as one of the same hash, and no other", async () => {
    const { send, connectionId, files, tenantId } = await uploaded();
    await send(connectionId, request);
    expect(await send(connectionId, request)).toMatchObject({ type: "acknowledgment", duplicate: true });
    expect(await send(connectionId, { ...request, uploaded: undefined, payload: JSON.parse(body) as unknown })).toMatchObject(
      refused("DUPLICATE_REQUEST"),
    );
    const other = { size_bytes: 2, sha256: createHash("sha256").update("{}").digest("base64") };
    const otherHash = Buffer.from(other.sha256, "base64").toString("base64url");
    await files.put(`generate_report/uploads/${tenantId}/u1/r1/${otherHash}`, "{}", "");
    expect(await send(connectionId, { ...request, uploaded: other })).toMatchObject(refused("DUPLICATE_REQUEST"));
  });

  test.each([
    ["is not there", { id: "r2" }, "Nothing of this SHA-256 was uploaded under this id for this action."],
    ["has another hash", { uploaded: { ...content, sha256: `${"A".repeat(43)}=` } }, "Nothing of this SHA-256 was uploaded"],
    ["has another size", { uploaded: { ...content, size_bytes: 5 } }, "The upload has 22 bytes, and the request says 5."],
  ])("whose upload %s is refused, and nothing is stored", async (_, fields, message) => {
    const { send, connectionId, deps, tenantId } = await uploaded();
    const frame = { ...request, ...fields };
    expect(await send(connectionId, frame)).toMatchObject({
      error: { code: "VALIDATION_ERROR", details: { issues: [{ message: expect.stringContaining(message) as string }] } },
    });
    expect(await deps.requests.getConsistent({ tenantId, requestId: frame.id })).toBeUndefined();
  });

  test("cannot name the upload of another user", async () => {
    const { send, connect } = await uploaded();
    expect(await send(await connect({ userId: "u2" }), request)).toMatchObject(refused("VALIDATION_ERROR"));
  });

  test("needs the id that it was uploaded under", async () => {
    const { send, connectionId } = await uploaded();
    expect(await send(connectionId, { ...request, id: undefined })).toMatchObject({ error: { code: "INVALID_MESSAGE" } });
  });

  test("of a short action is refused", async () => {
    const { send, connectionId } = await uploaded();
    expect(await send(connectionId, { ...request, action: "echo" })).toMatchObject(refused("PAYLOAD_TOO_LARGE"));
  });

  test("may be sent again when the bucket does not answer, and nothing is stored", async () => {
    const { deps, ...harness } = createRouterHarness(
      table,
      { actions: sampleActions, handlers: { echo: () => "done" } },
      { files: { ...createFakeFiles(), sizeOf: () => Promise.reject(new Error("no route to S3")) } },
    );
    expect(await harness.send(await harness.connect(), request)).toMatchObject({ error: { code: "INTERNAL_ERROR", retryable: true } });
    expect(await deps.requests.getConsistent({ tenantId: harness.tenantId, requestId: "r1" })).toBeUndefined();
  });
});
