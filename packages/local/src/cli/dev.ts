import { resolve } from "node:path";
import { findFunctionsDir } from "../stack/app.ts";
import { startLocalStack } from "../stack/startLocalStack.ts";
import type { LocalStack } from "../stack/startLocalStack.ts";
import { jsonLog, readableLog } from "./logLines.ts";
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
  process.stdout.write(options.json ? `${JSON.stringify(readyLine(stack))}\n` : await startScreen(stack));
  const failure = await Promise.race([stopped.promise, stack.failed]);
  await stack.stop();
  stopped.release();
  if (failure instanceof Error) throw failure;
}

function readyLine(stack: LocalStack) {
  const { websocketUrl, managementEndpoint, consoleUrl, dynamodbEndpoint, sqsEndpoint, s3Endpoint, eventsEndpoint, tableName, dataDir } =
    stack;
  return {
    ready: true,
    websocketUrl,
    managementEndpoint,
    consoleUrl,
    dynamodbEndpoint,
    sqsEndpoint,
    s3Endpoint,
    eventsEndpoint,
    tableName,
    dataDir,
  };
}

async function startScreen(stack: LocalStack): Promise<string> {
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
