import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parse } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { HandlerContext } from "@streamer/server";
import { createFileStore, createLogger } from "@streamer/server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestTable } from "../testing/dynoxideTable.ts";
import type { TestTable } from "../testing/dynoxideTable.ts";
import { health } from "./action.ts";
import { createFilesCheck } from "./checkFiles.ts";
import { createTableCheck } from "./checkTable.ts";
import { createHealth } from "./handler.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const context: HandlerContext<typeof health> = {
  input: {},
  requestId: "r1",
  correlationId: "7f8f6f3e-8f0b-4f6e-9d53-3b7f3a1c2d4e",
  traceparent: "",
  tenantId: "t1",
  userId: "u1",
  permissions: [],
  metadata: {},
  publish: async () => undefined,
  signal: new AbortController().signal,
  // Failing checks are part of these tests: their warnings would only be noise.
  logger: Object.assign(createLogger("test"), { warn: () => undefined }),
};

test("health is ok while the table answers", async () => {
  const clock = createFakeClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const handler = createHealth({ checks: { table: createTableCheck(table) }, version: "1.2.3", clock });
  const answer = await parse(health.output, await handler(context));
  expect(answer).toEqual({
    status: "ok",
    checks: { table: { ok: true, duration_ms: 0 } },
    degraded: [],
    time: "2026-01-02T03:04:05.000Z",
    version: "1.2.3",
  });
  expect(clock.pending).toBe(0);
});

test("health is degraded, and tells no reason, when the table is not there", async () => {
  const check = createTableCheck({ client: table.client, tableName: "no_such_table" });
  const answer = await createHealth({ checks: { table: check }, version: "1", clock: createFakeClock() })(context);
  expect(answer).toMatchObject({ status: "degraded", checks: { table: { ok: false } }, degraded: ["table"] });
  expect(JSON.stringify(answer)).not.toContain("no_such_table");
});

test("a check that never ends is told to stop and counts as failed after two seconds; the others still count", async () => {
  const clock = createFakeClock();
  let told = false;
  const stuck = (signal: AbortSignal): Promise<void> =>
    new Promise(() => signal.addEventListener("abort", () => (told = true), { once: true }));
  const answer = createHealth({ checks: { stuck, fine: async () => undefined }, version: "1", clock })(context);
  await clock.advance(1_999);
  expect(told).toBe(false);
  await clock.advance(1);
  expect(told).toBe(true);
  expect(await answer).toMatchObject({
    status: "degraded",
    checks: { stuck: { ok: false, duration_ms: 2_000 }, fine: { ok: true } },
    degraded: ["stuck"],
  });
  expect(clock.pending).toBe(0);
});

test("health is degraded when the engine does not answer", async () => {
  const gone = await startTestTable();
  await gone.stop();
  const answer = await createHealth({ checks: { table: createTableCheck(gone) }, version: "1", clock: createFakeClock() })(context);
  await gone.close();
  expect(answer).toMatchObject({ status: "degraded", checks: { table: { ok: false } } });
});

/** An S3 that answers as it is told to, at an address that the SDK takes from the environment as on the local stack. */
async function withS3(status: number | "closed", run: () => Promise<void>): Promise<void> {
  const server = createServer((_, response) => response.writeHead(status === "closed" ? 500 : status).end());
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<unknown> => new Promise((closed) => server.close(closed).closeAllConnections());
  if (status === "closed") await close();
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
  try {
    await run();
  } finally {
    vi.unstubAllEnvs();
    if (status !== "closed") await close();
  }
}

const filesHealth = () =>
  createHealth({ checks: { files: createFilesCheck(createFileStore({ bucket: "results" })) }, version: "1", clock: createFakeClock() })(
    context,
  );

test.each([404, 403])("a bucket that answers %i has answered: nobody here may list it", async (status) => {
  await withS3(status, async () => {
    expect(await filesHealth()).toMatchObject({ status: "ok", degraded: [] });
  });
});

test.each([500, "closed"] as const)("health is degraded, and names the files, when the bucket is %s", async (status) => {
  await withS3(status, async () => {
    expect(await filesHealth()).toMatchObject({ status: "degraded", checks: { files: { ok: false } }, degraded: ["files"] });
  });
});
