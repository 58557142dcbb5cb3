import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { LogSink } from "@streamer/local";
import { startExample } from "./shared/startExample.ts";
import type { RunningExample } from "./shared/startExample.ts";

/**
 * `npm run example -- <name>`: an example with all that it needs, in one terminal. A folder with an `index.html` is a page, which is served
 * until Ctrl+C; one with a `main.ts` is a program, which is run to its end with `STREAMER_URL` and `STREAMER_TOKEN` set and what
 * follows its name as arguments.
 *
 * Exit codes: 0 it was told to stop, or what the program ended with; 1 it could not start or go on; 2 there is no such example.
 */
async function main([name, ...rest]: readonly string[]): Promise<number> {
  const names = readdirSync(import.meta.dirname).filter((folder) => isPage(folder) || isProgram(folder));
  if (name === undefined || !names.includes(name)) {
    const found = name === undefined ? "Which example?" : `There is no example "${name}".`;
    process.stderr.write(`${found} npm run example -- <name>, with one of: ${names.join(", ")}.\n`);
    return 2;
  }
  const stopped = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, () => stopped.abort());
  const example = await startExample(name, { log: troubles });
  try {
    if (isProgram(name)) return await runProgram(name, rest, example, stopped.signal);
    process.stdout.write(
      `\n  Page     ${example.pageUrl}   ← open this\n  Console  ${example.stack.consoleUrl}\n  Data     ${example.stack.dataDir}\n\n  Ctrl+C stops it.\n\n`,
    );
    return await untilStopped(example, stopped.signal);
  } finally {
    await example.stop();
  }
}

function isPage(folder: string): boolean {
  return existsSync(join(import.meta.dirname, folder, "index.html"));
}

function isProgram(folder: string): boolean {
  return existsSync(join(import.meta.dirname, folder, "main.ts"));
}

async function untilStopped({ stack }: RunningExample, signal: AbortSignal): Promise<number> {
  const told = signal.aborted ? undefined : once(signal, "abort");
  const failure = await Promise.race([told?.then(() => undefined), stack.failed]);
  if (failure === undefined) return 0;
  process.stderr.write(`${failure.message}\n`);
  return 1;
}

async function runProgram(name: string, args: readonly string[], { stack, mint }: RunningExample, signal: AbortSignal): Promise<number> {
  const program = spawn(process.execPath, ["--conditions=@streamer/source", join(import.meta.dirname, name, "main.ts"), ...args], {
    stdio: "inherit",
    env: { ...process.env, STREAMER_URL: stack.websocketUrl, STREAMER_TOKEN: await mint({ user: "demo", tenant: "demo" }) },
  });
  signal.addEventListener("abort", () => void program.kill("SIGTERM"), { once: true });
  if (signal.aborted) program.kill("SIGTERM");
  const [code] = (await once(program, "exit")) as [number | null];
  // Ended by a signal: told to stop, as we were.
  return code ?? (signal.aborted ? 0 : 1);
}

/** What goes well is on the page. */
const troubles: LogSink = ({ level, source, message, fields }) => {
  if (level !== "warn" && level !== "error") return;
  const { request_id: requestId } = fields;
  process.stderr.write(`${level.toUpperCase()} ${source}: ${message}${typeof requestId === "string" ? ` (request ${requestId})` : ""}\n`);
};

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
