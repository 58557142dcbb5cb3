import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalStack } from "@streamer/local";
import { expect, it } from "vitest";
import { FUNCTIONS_DIR } from "../support/localStack.ts";
import { startPlainEngine } from "../support/plainEngine.ts";
import { connectWire } from "../support/wireClient.ts";

it("the system runs on another DynamoDB, by endpoint, and its data directory is locked all the same", async () => {
  const engine = await startPlainEngine();
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-other-"));
  const options = { functionsDir: FUNCTIONS_DIR, dataDir, port: 0, dynamodbEndpoint: engine.endpoint };
  const stack = await startLocalStack(options);
  expect(stack.dynamodbEndpoint).toBe(engine.endpoint);
  await expect(startLocalStack(options)).rejects.toThrow(/--data-dir/);

  const token = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
  const client = await connectWire(stack.websocketUrl, token);
  client.send({ id: "r1", action: "generate_report", payload: { start_date: "2024-01-01", end_date: "2024-01-02" } });
  expect((await client.untilEnd("r1")).at(-1)).toMatchObject({ type: "complete" });
  await client.close();

  await stack.stop();
  await engine.stop();
  await rm(dataDir, { recursive: true, force: true });
});
