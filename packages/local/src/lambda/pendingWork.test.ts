import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bundleFixtures } from "./fixtures/harness.ts";
import type { FixtureFunctions } from "./fixtures/harness.ts";

const DONE = ["sdkAwaited", "fetchAwaited", "fetchStatus", "aborted", "destroyed", "timerCleared", "fileRead", "logs"];
const LEFT = {
  sdkFloating: /HTTP POST 127\.0\.0\.1:\d+\/ DynamoDB_20120810\.ListTables/,
  sdkFloatingLate: /HTTP POST 127\.0\.0\.1:\d+\/ DynamoDB_20120810\.ListTables/,
  fetchFloating: /HTTP GET http:\/\/127\.0\.0\.1:\d+\/path/,
  timeoutFloating: /1 × timer/,
  intervalFloating: /1 × timer/,
  fileFloating: /1 × file operation/,
  childFloating: /1 × child process/,
};

let functions: FixtureFunctions;
let server: Server;
let endpoint: string;
beforeAll(async () => {
  // Answers at once: the hardest case, as a request nobody awaits is over almost before it can be seen.
  server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("content-type", "application/x-amz-json-1.0").end(`{"TableNames":[]}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  functions = await bundleFixtures([
    ...[...DONE, ...Object.keys(LEFT), "floatingThenThrows"].map((name) => `pending.${name}`),
    "ambient.handler",
  ]);
});
afterEach(() => functions.stopPools());
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await functions.close();
});

describe("work that is done at the return is no error", () => {
  test.each(DONE)("%s, twenty times in one sandbox", async (name) => {
    const pool = functions.pool(`pending.${name}`);
    for (let turn = 0; turn < 20; turn += 1) await pool.invoke({ endpoint });
    expect(pool.stats).toEqual({ sandboxes: 1, idle: 1, queued: 0 });
    expect(functions.failures).toEqual([]);
  });

  test("a timer that the module started before any event belongs to no invocation", async () => {
    await expect(functions.pool("ambient.handler").invoke({})).resolves.toBe(0);
  });
});

describe("work that is still pending after the return is an error that names it", () => {
  test.each(Object.entries(LEFT))("%s", async (name, expected) => {
    const pool = functions.pool(`pending.${name}`);
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(pool.invoke({ endpoint })).rejects.toMatchObject({
        kind: "pending_work",
        errorMessage: expect.stringMatching(expected),
      });
    }
    expect(functions.failures).toHaveLength(3);
    expect(JSON.stringify(functions.failures)).not.toContain("secret");
  });

  test("the next event gets a fresh sandbox", async () => {
    const pool = functions.pool("pending.timeoutFloating");
    await expect(pool.invoke({})).rejects.toMatchObject({ kind: "pending_work" });
    expect(pool.stats.idle).toBe(0);
  });

  test("a handler that throws beside it rejects with its own error, and what it left is logged", async () => {
    const pool = functions.pool("pending.floatingThenThrows");
    await expect(pool.invoke({ endpoint })).rejects.toMatchObject({ kind: "handler", errorMessage: "thrown beside pending work" });
    expect(functions.failures[0]).toMatchObject({ fields: { pending: expect.stringContaining("ListTables") } });
    expect(pool.stats.idle).toBe(0);
  });
});
