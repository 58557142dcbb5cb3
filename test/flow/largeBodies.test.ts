import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient } from "@streamer/client";
import type { FetchLike, TypedClient } from "@streamer/client";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine } from "@streamer/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectWire } from "../support/wireClient.ts";
import type { Frame, WireClient } from "../support/wireClient.ts";
import type { LargeBodiesApp } from "./largeBodiesApp/src/actions/index.ts";

const logs: LogLine[] = [];
const urls: string[] = [];
/** The real one, and it remembers the URLs. */
const fetchSeen: FetchLike = (url, init) => {
  urls.push(url);
  return fetch(url, init);
};

let dataDir: string;
let stack: LocalStack;
let api: TypedClient<LargeBodiesApp>;
let wire: WireClient;
const token = (user = "ada", permissions = ["reflect"]): Promise<string> =>
  stack.key.mint({ user, tenant: "acme", permissions, expiresIn: "1h" });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-large-"));
  const functionsDir = resolve(import.meta.dirname, "largeBodiesApp");
  stack = await startLocalStack({ functionsDir, dataDir, port: 0, log: (line) => logs.push(line) });
  api = createClient<LargeBodiesApp>({ url: stack.websocketUrl, token: () => token(), fetch: fetchSeen });
  wire = await connectWire(stack.websocketUrl, await token());
});
afterAll(async () => {
  await api.$client.close();
  await wire.close();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** 2 MB of UTF-8. */
const MORE = 1_000_000;
const LARGE_TEXT = "ü".repeat(100_000);

describe("through the client", () => {
  it("a result of megabytes is what result() gives, as if it had come in its message", async () => {
    const result = await api.reflect.submit({ text: "small", more: MORE }).result();
    expect(result).toEqual({ text: "small", more: "é".repeat(MORE) });
  });

  it("a file in such a result has its URL in its place", async () => {
    const { more, file = "" } = await api.reflect.submit({ more: MORE, withFile: true }).result();
    expect(more).toHaveLength(MORE);
    expect(await (await fetch(file)).text()).toBe("a note");
  });

  it("who asks again after the end gets it too", async () => {
    const handle = api.reflect.submit({ more: MORE });
    await handle.result();
    const again = api.reflect.submit({ more: MORE }, { id: handle.id });
    expect((await again.result()).more).toHaveLength(MORE);
  });

  it("a payload over a frame reaches the action whole", async () => {
    const handle = api.reflect.submit({ text: LARGE_TEXT });
    expect(handle.status).toBe("submitting");
    expect(await handle.result()).toEqual({ text: LARGE_TEXT, more: "" });
  });

  it("a payload over a frame that does not fit the action's input fails with VALIDATION_ERROR", async () => {
    const handle = api.$client.submit("reflect", { text: LARGE_TEXT, more: "many" });
    await expect(handle.result()).rejects.toMatchObject({ code: "VALIDATION_ERROR", details: { issues: [{ path: "more" }] } });
  });

  it("a short action takes no more than a frame", async () => {
    const handle = api.reflectNow.submit({ text: LARGE_TEXT });
    await expect(handle.result()).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE", details: { limit_bytes: 32_768 } });
  });

  it("over 10 MiB a payload is refused before anything is sent, and a result fails", async () => {
    const before = urls.length;
    const limits = { limit_bytes: 10_485_760 };
    const payload = api.reflect.submit({ text: "x".repeat(11_000_000) });
    await expect(payload.result()).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE", details: limits });
    const result = api.reflect.submit({ more: 6_000_000 });
    await expect(result.result()).rejects.toMatchObject({ code: "RESULT_TOO_LARGE", details: limits });
    expect(urls).toHaveLength(before);
  });
});

describe("through a plain WebSocket and fetch", () => {
  const contentOf = (body: string) => ({
    size_bytes: Buffer.byteLength(body),
    sha256: createHash("sha256").update(body).digest("base64"),
  });
  const ask = async (frame: Frame, client = wire): Promise<Frame> => {
    const known = client.frames.length;
    client.send(frame);
    const id = frame["request_id"] ?? frame["id"];
    return client.waitFor((answer) => client.frames.indexOf(answer) >= known && answer["request_id"] === id);
  };
  const upload = (id: string, body: string, client = wire): Promise<Frame> =>
    ask({ type: "upload", request_id: id, action: "reflect", ...contentOf(body) }, client);
  const put = async (answer: Frame, body: string): Promise<number> => {
    const { url, headers } = answer as unknown as { url: string; headers: Record<string, string> };
    return (await fetch(url, { method: "PUT", headers, body })).status;
  };
  const request = (id: string, body: string, client = wire): Promise<Frame> =>
    ask({ id, action: "reflect", uploaded: contentOf(body) }, client);
  const codeOf = (frame: Frame): unknown => (frame["error"] as { code?: unknown } | undefined)?.code;

  it("a payload is uploaded, and named by its request; the same request again is a duplicate", async () => {
    const body = JSON.stringify({ text: LARGE_TEXT });
    const answer = await upload("plain", body);
    expect(answer).toMatchObject({ type: "upload", headers: { "x-amz-checksum-sha256": contentOf(body).sha256 } });
    expect(Number(answer["expires_at"])).toBeGreaterThan(Date.now() / 1000 + 800);
    expect(await put(answer, body)).toBe(200);
    expect(await request("plain", body)).toMatchObject({ type: "acknowledgment", status: "pending" });
    const { result } = (await wire.untilEnd("plain")).at(-1) as { result: { reference: { url: string; size_bytes: number } } };
    const downloaded = Buffer.from(await (await fetch(result.reference.url)).arrayBuffer());
    expect(downloaded.byteLength).toBe(result.reference.size_bytes);
    expect(JSON.parse(downloaded.toString())).toEqual({ text: LARGE_TEXT, more: "" });
    expect(await request("plain", body)).toMatchObject({ type: "acknowledgment", status: "completed", duplicate: true });
    const subscribed = await ask({ type: "subscribe", request_id: "plain", after: 0 });
    expect(subscribed).toMatchObject({ outcome: { type: "complete", result: { reference: { size_bytes: downloaded.byteLength } } } });
    expect(codeOf(await ask({ id: "plain", action: "reflect", payload: { text: "another" } }))).toBe("DUPLICATE_REQUEST");
  });

  it("a request whose upload is not there is refused, and its id stays free", async () => {
    expect(codeOf(await request("nothing", "{}"))).toBe("VALIDATION_ERROR");
    expect(codeOf(await ask({ type: "subscribe", request_id: "nothing" }))).toBe("NOT_FOUND");
  });

  it("a request that says another size than was uploaded is refused", async () => {
    const body = '{"text":"a"}';
    await put(await upload("size", body), body);
    const uploaded = { ...contentOf(body), size_bytes: 13 };
    expect(await ask({ id: "size", action: "reflect", uploaded })).toMatchObject({
      error: { code: "VALIDATION_ERROR", details: { issues: [{ message: "The upload has 12 bytes, and the request says 13." }] } },
    });
  });

  it.each([
    ["is not JSON", "no-json", "{", "The uploaded payload is not JSON."],
    ["does not fit the input", "no-fit", '{"more":"many"}', expect.stringContaining("number")],
  ])("a request whose upload %s fails with VALIDATION_ERROR", async (_, id, body, message: unknown) => {
    await put(await upload(id, body), body);
    expect(await request(id, body)).toMatchObject({ type: "acknowledgment" });
    expect((await wire.untilEnd(id)).at(-1)).toMatchObject({
      type: "error",
      final: true,
      error: { code: "VALIDATION_ERROR", details: { issues: [{ message }] } },
    });
  });

  it("the upload of one user cannot be named by another of the same tenant", async () => {
    const body = '{"text":"hers"}';
    await put(await upload("hers", body), body);
    const other = await connectWire(stack.websocketUrl, await token("bob"));
    expect(codeOf(await request("hers", body, other))).toBe("VALIDATION_ERROR");
    await other.close();
    expect(await request("hers", body)).toMatchObject({ type: "acknowledgment" });
  });

  it.each([
    ["of an unknown action", { action: "__proto__" }, "INVALID_ACTION"],
    ["of a short action", { action: "reflect_now" }, "PAYLOAD_TOO_LARGE"],
    ["over 10 MiB", { size_bytes: 10_485_761 }, "PAYLOAD_TOO_LARGE"],
    ["with no hash", { sha256: "none" }, "INVALID_MESSAGE"],
    ["under an id that is a path", { request_id: "../r" }, "INVALID_MESSAGE"],
  ])("an upload %s is refused", async (name, fields, code) => {
    const known = wire.frames.length;
    wire.send({ type: "upload", request_id: name.replaceAll(" ", "-"), action: "reflect", ...contentOf("{}"), ...fields });
    const answer = await wire.waitFor((frame) => wire.frames.indexOf(frame) >= known && frame["type"] === "error");
    expect(codeOf(answer)).toBe(code);
  });

  it("an upload without the action's permission is refused", async () => {
    const other = await connectWire(stack.websocketUrl, await token("bob", []));
    expect(codeOf(await upload("forbidden", "{}", other))).toBe("FORBIDDEN");
    await other.close();
  });
});

it("no URL, payload or result of all these was logged", () => {
  expect(urls.length).toBeGreaterThan(4);
  const text = JSON.stringify(logs);
  expect(logs.length).toBeGreaterThan(20);
  expect(text).not.toMatch(/X-Amz-Signature|x-amz-checksum|üüü|ééé/);
});
