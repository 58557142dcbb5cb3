import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import { FUNCTIONS_DIR } from "../support/localStack.ts";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-cli-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it("streamer token prints a token alone on a line, with what was asked for in it", async () => {
  const args = [
    "token",
    "--user",
    "ada",
    "--tenant",
    "acme",
    "--permissions",
    "reports:write, admin",
    "--expires-in",
    "30m",
    "--data-dir",
    dataDir,
  ];
  const { code, stdout, stderr } = await runStreamer(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const claims = decodeJwt(stdout.trim());
  expect(claims).toMatchObject({ sub: "ada", tenant_id: "acme", permissions: ["reports:write", "admin"], iss: "streamer-local" });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(30 * 60);
});

it("a time that is none is refused with a sentence that says what to write", async () => {
  const { code, stdout, stderr } = await runStreamer(["token", "--expires-in", "soon", "--data-dir", dataDir]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain('"soon" is not a span of time');
});

it("a port that is taken is named, with what to do", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runStreamer(["dev", "--port", String(port), "--data-dir", dataDir, "--functions", FUNCTIONS_DIR]);
  server.close();
  expect(code).toBe(1);
  expect(stderr).toContain(String(port));
  expect(stderr).toContain("--port");
});

it("a folder without actions is named, with what it must hold", async () => {
  const { code, stderr } = await runStreamer(["dev", "--functions", dataDir, "--data-dir", dataDir]);
  expect(code).toBe(1);
  expect(stderr).toContain("defineActions");
});
