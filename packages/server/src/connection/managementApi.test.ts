import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { startConnectionsEndpoint } from "../testing/connectionsEndpoint.ts";
import type { EndpointAnswer } from "../testing/connectionsEndpoint.ts";
import { classifyPostError } from "./errors.ts";
import { createManagementApi, createManagementApis } from "./managementApi.ts";
import type { ManagementApi } from "./managementApi.ts";

/** What API Gateway throws, by status, as it names it in a header. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  403: "ForbiddenException",
  410: "GoneException",
  413: "PayloadTooLargeException",
  429: "LimitExceededException",
  503: "ServiceUnavailable",
};

let server: Server;
let api: ManagementApi;
let answer = 200;
const asked: { method: string; path: string; body: string }[] = [];

beforeEach(async () => {
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  answer = 200;
  asked.length = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push({ method: request.method ?? "", path: decodeURIComponent(request.url ?? ""), body: Buffer.concat(chunks).toString() });
      const exception = EXCEPTIONS[answer];
      response.writeHead(answer, {
        "content-type": "application/json",
        ...(exception === undefined ? {} : { "x-amzn-errortype": exception }),
      });
      response.end(answer === 200 ? "" : "{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  api = createManagementApi({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stage` });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

it("each call is the one of @connections, under the stage's path, for an id with characters of base64", async () => {
  await api.post("AB/c=", '{"type":"pong"}');
  await api.get("AB/c=");
  await api.disconnect("AB/c=");
  expect(asked).toEqual([
    { method: "POST", path: "/stage/@connections/AB/c=", body: '{"type":"pong"}' },
    { method: "GET", path: "/stage/@connections/AB/c=", body: "" },
    { method: "DELETE", path: "/stage/@connections/AB/c=", body: "" },
  ]);
});

it.each([
  [410, "gone"],
  [429, "throttled"],
  [413, "too_large"],
  [403, "forbidden"],
  [503, "unavailable"],
] as const)("a %i of the real SDK is understood as %s, after one call only", async (status, kind) => {
  answer = status;
  const error: unknown = await api.post("c1", "{}").catch((thrown: unknown) => thrown);
  expect(classifyPostError(error)).toBe(kind);
  expect(asked).toHaveLength(1);
});

it("nobody listening is understood as unavailable", async () => {
  const gone = createManagementApi({ endpoint: "http://127.0.0.1:1" });
  const error: unknown = await gone.post("c1", "{}").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(classifyPostError(error)).toBe("unavailable");
});

describe("the pool of sockets", () => {
  const started = async (answers?: () => EndpointAnswer | Promise<EndpointAnswer>) => {
    const endpoint = await startConnectionsEndpoint(answers);
    onTestFinished(() => endpoint.close());
    return endpoint;
  };
  const many = (one: ManagementApi, count: number) => Promise.all(Array.from({ length: count }, (_, index) => one.post(`c${index}`, "{}")));

  it("opens no more than a hundred, and keeps them for the next calls", async () => {
    const full = Promise.withResolvers<EndpointAnswer>();
    const endpoint = await started(() => full.promise);
    const one = createManagementApi({ endpoint: endpoint.endpoint, requestTimeoutMs: 30_000 });
    const posting = many(one, 250);
    await vi.waitFor(() => expect(endpoint.calls).toHaveLength(100));
    full.resolve(200);
    await posting;
    expect(endpoint.mostTogether).toBe(100);
    expect(endpoint.sockets).toBe(100);
    await many(one, 50);
    expect(endpoint.sockets).toBe(100);
    expect(endpoint.calls).toHaveLength(300);
    one.close();
    await vi.waitFor(() => expect(endpoint.openSockets).toBe(0));
  });

  it("is as large as it is configured to be", async () => {
    const endpoint = await started();
    const one = createManagementApi({ endpoint: endpoint.endpoint, maxSockets: 3 });
    await many(one, 20);
    expect(endpoint.sockets).toBeLessThanOrEqual(3);
    one.close();
  });

  it("an answer that does not come within the request's time is understood as unavailable", async () => {
    const endpoint = await started(() => "never");
    const one = createManagementApi({ endpoint: endpoint.endpoint, requestTimeoutMs: 50 });
    const error: unknown = await one.post("c1", "{}").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(classifyPostError(error)).toBe("unavailable");
    await vi.waitFor(() => expect(endpoint.openSockets).toBe(0));
  });

  it("a call that is aborted ends at once, and its socket is closed", async () => {
    const endpoint = await started(() => "never");
    const one = createManagementApi({ endpoint: endpoint.endpoint });
    const abort = new AbortController();
    const posting = one.post("c1", "{}", abort.signal).catch((thrown: unknown) => thrown);
    await vi.waitFor(() => expect(endpoint.calls).toHaveLength(1));
    abort.abort();
    expect(await posting).toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(endpoint.openSockets).toBe(0));
  });

  it("clients are one for each endpoint, and those of two endpoints do not mix", async () => {
    const [first, second] = [await started(), await started()];
    const apis = createManagementApis();
    expect(apis(first.endpoint)).toBe(apis(first.endpoint));
    await apis(first.endpoint).post("a", "{}");
    await apis(second.endpoint).post("b", "{}");
    expect(first.calls.map(({ connectionId }) => connectionId)).toEqual(["a"]);
    expect(second.calls.map(({ connectionId }) => connectionId)).toEqual(["b"]);
    apis(first.endpoint).close();
    apis(second.endpoint).close();
  });
});
