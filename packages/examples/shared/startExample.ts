import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogSink } from "@streamer/local";
import type { ViteDevServer } from "vite";
import { createServer } from "vite";
import type { MintToken } from "./devToken.ts";
import { exampleConfig } from "./exampleConfig.ts";

const EXAMPLES_DIR = resolve(import.meta.dirname, "..");
const REPOSITORY_DIR = resolve(EXAMPLES_DIR, "../..");

export interface StartExampleOptions {
  /** Tables, files, keys. Default: a folder of the example's own under `.streamer` of the repository. */
  readonly dataDir?: string;
  /** Of the page. 0 takes any free one. Default: 5173, or the next that is free. */
  readonly pagePort?: number;
  readonly log?: LogSink;
}

/** An example that runs: the local stack with its functions, and its page if it has one. */
export interface RunningExample {
  readonly stack: LocalStack;
  /** `undefined` when the example is a program. */
  readonly pageUrl: string | undefined;
  readonly mint: MintToken;
  stop(): Promise<void>;
}

/**
 * Starts the local stack and, when the example has an `index.html`, Vite's development server. The page is told where the stack is and
 * gets its tokens from it. An example without functions of its own runs on those that come with Streamer.
 *
 * @param name the example's folder.
 * @throws {Error} when the stack cannot start; nothing is left running.
 */
export async function startExample(name: string, options: StartExampleOptions = {}): Promise<RunningExample> {
  const root = join(EXAMPLES_DIR, name);
  const ownFunctions = join(root, "functions");
  const stack = await startLocalStack({
    functionsDir: existsSync(ownFunctions) ? ownFunctions : join(REPOSITORY_DIR, "packages/functions"),
    dataDir: options.dataDir ?? join(REPOSITORY_DIR, ".streamer/examples", name),
    // Any that is free: `streamer dev` or another example may run beside this one.
    port: 0,
    reload: true,
    ...(options.log !== undefined && { log: options.log }),
  });
  const mint: MintToken = ({ user, tenant }) => stack.key.mint({ user, tenant, permissions: [], expiresIn: "1h" });
  try {
    const page = existsSync(join(root, "index.html")) ? await servePage(root, stack.websocketUrl, mint, options.pagePort) : undefined;
    return {
      stack,
      pageUrl: page?.resolvedUrls?.local[0],
      mint,
      async stop() {
        await page?.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function servePage(root: string, websocketUrl: string, mint: MintToken, port: number | undefined): Promise<ViteDevServer> {
  const config = exampleConfig(root, mint);
  const server = await createServer({
    ...config,
    configFile: false,
    logLevel: "warn",
    // What VITE_STREAMER_URL says when a page is built for a deployment.
    define: { "import.meta.env.VITE_STREAMER_URL": JSON.stringify(websocketUrl) },
    server: { ...config.server, ...(port !== undefined && { port }) },
  });
  try {
    return await server.listen();
  } catch (error) {
    await server.close();
    throw error;
  }
}
