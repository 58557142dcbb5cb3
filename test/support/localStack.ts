import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LocalStackOptions, LogLine } from "@streamer/local";

export const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../packages/functions");

export interface TestStack extends LocalStack {
  /** Everything that was logged so far. */
  readonly logs: readonly LogLine[];
  token(overrides?: Partial<{ user: string; tenant: string; permissions: readonly string[]; expiresIn: string }>): Promise<string>;
}

/**
 * The whole system in this process, with a data directory that goes when it stops.
 *
 * @param options.dynamodbEndpoint another DynamoDB than the built-in engine. One stack at a time: they share its table.
 */
export async function startTestStack(
  options: Pick<LocalStackOptions, "dynamodbEndpoint" | "xrayDaemonAddress" | "wiring"> = {},
): Promise<TestStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-flow-"));
  const logs: LogLine[] = [];
  const stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0, log: (line) => logs.push(line), ...options });
  return {
    ...stack,
    logs,
    token: (overrides = {}) => stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h", ...overrides }),
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
