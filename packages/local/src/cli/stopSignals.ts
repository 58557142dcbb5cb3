import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** How often the ancestors are looked after. */
const ANCESTOR_CHECK_MS = 500;

/**
 * Resolves when this process is told to stop: SIGINT, SIGTERM, SIGHUP, or, when npm runs it, the death of npm, which is how a person's
 * terminal or tool ends it by force.
 */
export function whenToldToStop(): { readonly promise: Promise<void>; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = (): void => resolve();
  for (const signal of signals) process.on(signal, stop);
  const release = watchNpm(stop);
  return {
    promise,
    release() {
      release();
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** npm runs a script by a shell, and a killed npm leaves both behind: its own process is the one to watch. */
function watchNpm(onDeath: () => void): () => void {
  if (process.env["npm_lifecycle_event"] === undefined || process.platform === "win32") return () => {};
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid !== shell || (npm !== undefined && parentOf(shell) !== npm)) onDeath();
  }, ANCESTOR_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** `undefined` when it cannot be told, as where there is neither /proc nor ps. */
function parentOf(pid: number): number | undefined {
  try {
    // "<pid> (<name, which may hold anything>) <state> <parent> …"
    if (process.platform === "linux") return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
    return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
  } catch {
    return undefined;
  }
}
