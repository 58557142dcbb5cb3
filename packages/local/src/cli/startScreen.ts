import type { LocalStack } from "../stack/startLocalStack.ts";

export type ScreenFacts = Pick<LocalStack, "consoleUrl" | "websocketUrl" | "dataDir" | "recovered"> & {
  /** Of chaos that is on. */
  readonly seed?: number | undefined;
  readonly tookMs: number;
};

/** What a person sees first: where everything is, and what to do next. It fits a terminal of 80 by 24, unless the folder's path is longer. */
export function startScreen({ consoleUrl, websocketUrl, dataDir, recovered, seed, tookMs }: ScreenFacts): string {
  const recoveredLine = recovered === 0 ? "" : `\n  ${recovered} open ${recovered === 1 ? "request" : "requests"} of the last run go on.\n`;
  const chaosLine = seed === undefined ? "" : `\n  Chaos is on, with the seed ${seed}.\n`;
  return `
  Streamer runs on this machine (ready in ${(tookMs / 1_000).toFixed(1)} s).

  Console    ${consoleUrl}   ← open this
  WebSocket  ${websocketUrl}
  Data       ${dataDir}
${recoveredLine}${chaosLine}
  From another terminal:
    npx streamer token --user ada --tenant acme
    npx wscat -c "${websocketUrl}?Authorization=<token>"
    > {"id":"r1","action":"echo","payload":{"message":"Hello, Streamer!"}}

  Requests show up below as they end. Ctrl+C stops it.

`;
}
