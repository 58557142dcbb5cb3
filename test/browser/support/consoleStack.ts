import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StreamerClient } from "@streamer/client";
import type { ProgressUpdate } from "@streamer/client";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { createGate } from "../app/src/actions/generateReport/gate.ts";
import type { Gate } from "../app/src/actions/generateReport/gate.ts";

/** The whole system with the console page; its reports are made as far as the gate is open. */
export interface ConsoleStack {
  readonly stack: LocalStack;
  readonly gate: Gate;
  /** Resolves when the report has come so far for its user, who watches it from elsewhere. */
  hasReached(requestId: string, percentage: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startConsoleStack(): Promise<ConsoleStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-browser-"));
  const stack = await startLocalStack({ functionsDir: resolve(import.meta.dirname, "../app"), dataDir, port: 0 });
  const table = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const client = new StreamerClient(stack.websocketUrl, {
    token: () => stack.key.mint({ user: "demo", tenant: "demo", permissions: [], expiresIn: "1h" }),
  });
  return {
    stack,
    gate: createGate({ client: table, tableName: stack.tableName }),
    async hasReached(requestId, percentage) {
      const reached = (update: { readonly type: string }): boolean =>
        update.type === "progress" && (update as ProgressUpdate).percentage >= percentage;
      for await (const update of client.get(requestId).updates()) if (reached(update)) return;
      throw new Error(`The report ended before it came to ${percentage} percent.`);
    },
    async stop() {
      await client.close();
      table.destroy();
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
