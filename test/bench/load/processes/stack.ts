import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { serve } from "./remote.ts";
import type { StackMethods, StackUse } from "./stackMethods.ts";

const FUNCTIONS_DIR = join(import.meta.dirname, "../app");
const QUEUE = "toil";
/** The command of the built-in engine. */
const ENGINE = "dynoxide";
const TENANTS = 10;
const KB = 1024;
/** What Linux counts a process's time in. */
const TICKS_PER_SECOND = 100;

interface Taken {
  readonly rssKb: number;
  readonly cpuSeconds: number;
}
const NOTHING: Taken = { rssKb: 0, cpuSeconds: 0 };

/** The whole local stack in a process of its own, so that its memory and its time are nobody else's. */
const dataDir = await mkdtemp(join(tmpdir(), "streamer-load-"));
let warnings = 0;
let stack: LocalStack | undefined;
const running = (): LocalStack => {
  if (stack === undefined) throw new Error("The stack has not been started: call `start` first.");
  return stack;
};
const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

const methods: StackMethods = {
  async start() {
    stack = await startLocalStack({
      functionsDir: FUNCTIONS_DIR,
      dataDir,
      port: 0,
      log: ({ level }) => (warnings += level === "WARN" || level === "ERROR" ? 1 : 0),
    });
    return { url: stack.websocketUrl, ledger: join(dataDir, "ledger.txt") };
  },
  tokens: ({ count, prefix }) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        running().key.mint({ user: `${prefix}-${index}`, tenant: `tenant-${index % TENANTS}`, permissions: [], expiresIn: "2h" }),
      ),
    ),
  async holdWork() {
    await running().parts.pollers.get(QUEUE)?.stop();
  },
  async releaseWork() {
    running().parts.pollers.get(QUEUE)?.start();
  },
  async use({ afterCollecting }) {
    if (afterCollecting) collectGarbage();
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const { active, idle } = performance.eventLoopUtilization();
    const engine = await engineUse();
    return {
      rssKb: rss / KB,
      heapKb: heapUsed / KB,
      cpuSeconds: (user + system) / 1_000_000,
      loop: { active, idle },
      engineRssKb: engine.rssKb,
      engineCpuSeconds: engine.cpuSeconds,
      warnings,
    } satisfies StackUse;
  },
  ledger: async ({ path }) => (await readFile(path, "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
};

serve(methods, async () => {
  await stack?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Of the engine, which is a child of its guard. Zeros where there is no `/proc`, and for an engine of another name. */
async function engineUse(): Promise<Taken> {
  const pids = await descendantsOf(String(process.pid));
  const taken = await Promise.all(pids.map((pid) => takenBy(pid).catch(() => NOTHING)));
  return taken.reduce((sum, one) => ({ rssKb: sum.rssKb + one.rssKb, cpuSeconds: sum.cpuSeconds + one.cpuSeconds }), NOTHING);
}

async function descendantsOf(pid: string): Promise<readonly string[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "")).split(" ").filter((child) => child !== "");
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

async function takenBy(pid: string): Promise<Taken> {
  const [status, stat] = await Promise.all([readFile(`/proc/${pid}/status`, "utf8"), readFile(`/proc/${pid}/stat`, "utf8")]);
  if (!stat.includes(`(${ENGINE})`)) return NOTHING;
  // Behind the command's name, which may hold spaces: the 12th and 13th are its time for itself and in the kernel.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    rssKb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  };
}
