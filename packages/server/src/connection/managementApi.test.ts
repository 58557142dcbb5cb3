import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { classifyPostError } from "./errors.ts";
import { createManagementApi } from "./managementApi.ts";
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
