import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import type { Chaos } from "../chaos/types.ts";
import { findFunctionsDir } from "../stack/app.ts";
import { startLocalStack } from "../stack/startLocalStack.ts";
import type { LocalStack } from "../stack/startLocalStack.ts";
import { createReadableLog, jsonLog } from "./logLines.ts";
import { paintFor, requestLine } from "./requestLines.ts";
import { explainedStart } from "./startFailure.ts";
import { startScreen } from "./startScreen.ts";
import { addressesOf, removeStackFile, writeStackFile } from "./stackFile.ts";
import { whenToldToStop } from "./stopSignals.ts";

export interface DevOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly endpoint?: string;
  readonly functions?: string;
  /** A seed, or `true` for any. */
  readonly chaos?: number | true;
  /** Whether functions whose sources change are reloaded. */
  readonly watch: boolean;
  readonly json: boolean;
  /** No line for a request, and of the log warnings and errors only. */
  readonly quiet: boolean;
}

/** Of seeds that are picked: short enough to be typed again. */
const MAX_SEED = 1_000_000;

/** Runs the local stack until it is told to stop. */
export async function runDev(options: DevOptions): Promise<void> {
  const stopped = whenToldToStop();
  const startedAt = performance.now();
  const dataDir = resolve(options.dataDir);
  const stack = await startLocalStack({
    functionsDir: await findFunctionsDir(options.functions, process.cwd()),
    dataDir,
    port: options.port,
    dynamodbEndpoint: options.endpoint,
    chaos: options.chaos === undefined ? undefined : { seed: options.chaos === true ? randomInt(MAX_SEED) : options.chaos },
    reload: options.watch,
    log: options.json ? jsonLog : createReadableLog(options),
  }).catch((error: unknown) => {
    stopped.release();
    throw explainedStart(error, dataDir);
  });
  try {
    const failure = await untilStopped(stack, stopped.promise, { ...options, startedAt });
    if (failure instanceof Error) throw failure;
  } finally {
    await stack.stop();
    stopped.release();
    if (stack.chaos !== undefined)
      process.stdout.write(options.json ? `${JSON.stringify(damageOf(stack.chaos))}\n` : lastScreen(stack.chaos));
  }
}

/** While the stack runs, its addresses stand in its data directory for the other commands. */
async function untilStopped(
  stack: LocalStack,
  stopped: Promise<void>,
  { json, quiet, startedAt }: Pick<DevOptions, "json" | "quiet"> & { readonly startedAt: number },
): Promise<Error | void> {
  const addresses = addressesOf(stack);
  await writeStackFile(addresses, process.pid);
  try {
    const seed = stack.chaos?.seed;
    if (json) {
      const chaos = seed === undefined ? {} : { chaos: { seed } };
      process.stdout.write(`${JSON.stringify({ ready: true, ...addresses, ...chaos })}\n`);
    } else {
      process.stdout.write(startScreen({ ...addresses, recovered: stack.recovered, seed, tookMs: performance.now() - startedAt }));
      // Somebody is about to open it.
      stack.console.preparePage();
      if (!quiet) printRequests(stack);
    }
    return await Promise.race([stopped, stack.failed]);
  } finally {
    await removeStackFile(addresses.dataDir);
  }
}

/** One line for each request as it ends, or is to be tried again: as long as the stack runs. */
function printRequests({ hops }: LocalStack): void {
  const paint = paintFor(process.stdout);
  hops.onChange((change) => process.stdout.write(`${requestLine(change, paint)}\n`));
}

/** What chaos has done, with the seed to do it again. */
function damageOf({ seed, counts }: Chaos): { readonly chaos: Pick<Chaos, "seed" | "counts"> } {
  return { chaos: { seed, counts } };
}

function lastScreen({ seed, counts }: Chaos): string {
  const lines = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `    ${kind.padEnd(26)}${count}\n`);
  const none = "    nothing, this time\n";
  return `\n  Chaos with the seed ${seed} injected:\n${lines.join("") || none}  The same again: streamer dev --chaos ${seed}\n\n`;
}
