/**
 * A program: runs another one for as long as its own standard input stays open.
 *
 * `node watchdog.ts <program> <arguments...>`. The system closes the pipe when the process that holds the other end is gone, however it
 * ended, so nothing outlives it. The first line of the standard output is the program's process id; the program's own output goes to
 * the standard error. The exit code is the program's.
 */
import { spawn } from "node:child_process";

/** What the program gets to end by itself before it is killed. */
const GRACE_MS = 1_000;

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error("Usage: watchdog <program> <arguments...>");

const child = spawn(program, args, { stdio: ["ignore", process.stderr, process.stderr], windowsHide: true });

child.on("spawn", () => process.stdout.write(`${child.pid}\n`));
child.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 127;
  // Nothing is left to wait for.
  process.stdin.destroy();
});
child.on("exit", (code, signal) => {
  process.exit(code ?? (signal === "SIGTERM" ? 0 : 1));
});

const stop = (): void => {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
};
process.stdin.on("end", stop).on("error", stop).resume();
// Nobody reads any more: no reason to end with an error before the program has ended.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
