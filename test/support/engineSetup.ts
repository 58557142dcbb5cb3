import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

/** One real DynamoDB engine for all unit tests; each test makes tables of its own in it. `DYNAMODB_ENDPOINT` names another engine. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["DYNAMODB_ENDPOINT"];
  if (given !== undefined) {
    project.provide("dynamodbEndpoint", given);
    return async () => {};
  }
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-unit-"));
  const binary = join(
    dirname(createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`)),
    "dynoxide",
  );
  const port = await freePort();
  const child = spawn(binary, ["serve", "--host", "127.0.0.1", "--port", String(port), "--db-path", join(dataDir, "table.db")], {
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (;;) {
    const up = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  project.provide("dynamodbEndpoint", endpoint);
  return async () => {
    child.kill();
    await rm(dataDir, { recursive: true, force: true });
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
