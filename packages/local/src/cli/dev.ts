import { resolve } from "node:path";
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
  readonly json: boolean;
}

/** Runs the local stack until it is told to stop. */
export async function runDev(options: DevOptions): Promise<void> {
  const stopped = whenToldToStop();
  const stack = await startLocalStack({
    functionsDir: await findFunctionsDir(options.functions, process.cwd()),
    dataDir: resolve(options.dataDir),
    port: options.port,
    dynamodbEndpoint: options.endpoint,
    log: options.json ? jsonLog : readableLog,
  });
  try {
    const failure = await untilStopped(stack, stopped.promise, options.json);
    if (failure instanceof Error) throw failure;
  } finally {
    await stack.stop();
    stopped.release();
  }
}

/** While the stack runs, its addresses stand in its data directory for the other commands. */
async function untilStopped(stack: LocalStack, stopped: Promise<void>, json: boolean): Promise<Error | void> {
  const addresses = addressesOf(stack);
  await writeStackFile(addresses, process.pid);
  try {
    process.stdout.write(json ? `${JSON.stringify({ ready: true, ...addresses })}\n` : startScreen(stack));
    return await Promise.race([stopped, stack.failed]);
  } finally {
    await removeStackFile(addresses.dataDir);
  }
}

function startScreen(stack: LocalStack): string {
  const recovered = stack.recovered === 0 ? "" : `\n  ${stack.recovered} open requests of the last run go on.\n`;
  return `
  Streamer runs on this machine.

  Console    ${stack.consoleUrl}
  WebSocket  ${stack.websocketUrl}
  Data       ${stack.dataDir}
${recovered}
  A token, then any WebSocket client:
    npx streamer token --user ada --tenant acme
    npx wscat -c "${stack.websocketUrl}?Authorization=<token>"
    > {"id":"r1","action":"echo","payload":{"message":"Hello, Streamer!"}}

  Ctrl+C stops it.

`;
}
