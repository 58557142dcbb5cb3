import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalStack } from "@streamer/local";
import { expect, it } from "vitest";
import { FUNCTIONS_DIR } from "../support/localStack.ts";
import { startPlainEngine } from "../support/plainEngine.ts";
import type { PlainEngine } from "../support/plainEngine.ts";
import { connectWire } from "../support/wireClient.ts";

/** The one that `DYNAMODB_ENDPOINT` names; without it, one that knows nothing of Streamer. */
async function otherEngine(): Promise<PlainEngine> {
  const endpoint = process.env["DYNAMODB_ENDPOINT"];
  return endpoint === undefined ? startPlainEngine() : { endpoint, stop: async () => {} };
}

it("the system runs on another DynamoDB, by endpoint, and its data directory is locked all the same", async () => {
  const engine = await otherEngine();
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-other-"));
  const options = { functionsDir: FUNCTIONS_DIR, dataDir, port: 0, dynamodbEndpoint: engine.endpoint };
  const stack = await startLocalStack(options);
  expect(stack.dynamodbEndpoint).toBe(engine.endpoint);
  await expect(startLocalStack(options)).rejects.toThrow(/--data-dir/);

  const token = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
  const client = await connectWire(stack.websocketUrl, token);
  // An engine that was given may remember requests of another run.
  const id = crypto.randomUUID();
  client.send({ id, action: "generate_report", payload: { start_date: "2024-01-01", end_date: "2024-01-02" } });
  expect((await client.untilEnd(id)).at(-1)).toMatchObject({ type: "complete" });
  await client.close();

  await stack.stop();
  await engine.stop();
  await rm(dataDir, { recursive: true, force: true });
});
