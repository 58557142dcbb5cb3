import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine } from "@streamer/local";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "app");

export interface BenchStack {
  readonly stack: LocalStack;
  readonly token: (user: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * The whole system in this process, with the benchmarks' own actions.
 *
 * @param options.dynamodbEndpoint another DynamoDB than the built-in engine.
 */
export async function startBenchStack(options: { readonly dynamodbEndpoint?: string } = {}): Promise<BenchStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-bench-"));
  const log = (line: LogLine): void => {
    if (line.level === "error") process.stderr.write(`${line.source}: ${line.message} ${JSON.stringify(line.fields)}\n`);
  };
  const stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0, log, ...options });
  return {
    stack,
    token: (user) => stack.key.mint({ user, tenant: "acme", permissions: [], expiresIn: "1h" }),
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
