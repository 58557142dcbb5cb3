import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import type { Chaos } from "../chaos/types.ts";
import { findFunctionsDir } from "../stack/app.ts";
import { startLocalStack } from "../stack/startLocalStack.ts";
import type { LocalStack } from "../stack/startLocalStack.ts";
import { jsonLog, readableLog } from "./logLines.ts";
import { addressesOf, removeStackFile, writeStackFile } from "./stackFile.ts";
import { whenToldToStop } from "./stopSignals.ts";

export interface DevOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly endpoint?: string;
  readonly functions?: string;
  /** A seed, or `true` for any. */
  readonly chaos?: number | true;
  readonly json: boolean;
}

/** Of seeds that are picked: short enough to be typed again. */
const MAX_SEED = 1_000_000;

/** Runs the local stack until it is told to stop. */
export async function runDev(options: DevOptions): Promise<void> {
  const stopped = whenToldToStop();
  const stack = await startLocalStack({
    functionsDir: await findFunctionsDir(options.functions, process.cwd()),
    dataDir: resolve(options.dataDir),
    port: options.port,
    dynamodbEndpoint: options.endpoint,
    chaos: options.chaos === undefined ? undefined : { seed: options.chaos === true ? randomInt(MAX_SEED) : options.chaos },
    log: options.json ? jsonLog : readableLog,
  });
  try {
    const failure = await untilStopped(stack, stopped.promise, options.json);
    if (failure instanceof Error) throw failure;
  } finally {
    await stack.stop();
    stopped.release();
    if (stack.chaos !== undefined)
      process.stdout.write(options.json ? `${JSON.stringify(damageOf(stack.chaos))}\n` : lastScreen(stack.chaos));
  }
}

/** While the stack runs, its addresses stand in its data directory for the other commands. */
async function untilStopped(stack: LocalStack, stopped: Promise<void>, json: boolean): Promise<Error | void> {
  const addresses = addressesOf(stack);
  await writeStackFile(addresses, process.pid);
  try {
    const chaos = stack.chaos && { chaos: { seed: stack.chaos.seed } };
    process.stdout.write(json ? `${JSON.stringify({ ready: true, ...addresses, ...chaos })}\n` : startScreen(stack));
    return await Promise.race([stopped, stack.failed]);
  } finally {
    await removeStackFile(addresses.dataDir);
  }
}

function startScreen(stack: LocalStack): string {
  const recovered = stack.recovered === 0 ? "" : `\n  ${stack.recovered} open requests of the last run go on.\n`;
  const chaos = stack.chaos === undefined ? "" : `\n  Chaos is on, with the seed ${stack.chaos.seed}.\n`;
  return `
  Streamer runs on this machine.

  Console    ${stack.consoleUrl}
  WebSocket  ${stack.websocketUrl}
  Data       ${stack.dataDir}
${recovered}${chaos}
  A token, then any WebSocket client:
    npx streamer token --user ada --tenant acme
    npx wscat -c "${stack.websocketUrl}?Authorization=<token>"
    > {"id":"r1","action":"echo","payload":{"message":"Hello, Streamer!"}}

  Ctrl+C stops it.

`;
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
