import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { addTallies } from "../figures/tally.ts";
import type { Tally } from "../figures/tally.ts";
import type { ClientMethods, OpenPlan } from "../processes/clientMethods.ts";
import { startRemote } from "../processes/remote.ts";
import type { Remote } from "../processes/remote.ts";
import type { StackMethods, StackUse } from "../processes/stackMethods.ts";
import { createLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";

const PROCESSES = join(import.meta.dirname, "../processes");
/** Of all processes together. API Gateway takes 500 new connections a second; what one laptop takes is found out. */
const UPGRADES_AT_A_TIME = 16;

/** A stack in a process of its own, and clients in others. */
export interface World {
  readonly stack: Remote<StackMethods>;
  readonly clients: readonly Remote<ClientMethods>[];
  /** How many connections were asked for, and how many opened; none is tried twice. */
  readonly asked: number;
  readonly opened: number;
  /** How long it took to open them, one process beside the other. */
  readonly openingMs: number;
  /** What the stack takes of the machine, from here to the call. */
  meter(): Promise<() => Promise<MachineUse>>;
  /** Ends the clients, and gives what became of all they sent. */
  finish(): Promise<Outcome>;
}

export interface Outcome {
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly dropped: number;
  readonly clientCpuSeconds: number;
  readonly stack: StackUse;
}

/** Cores that were busy on average; the loop is the share of its time that the stack's main thread was. */
export interface MachineUse {
  readonly seconds: number;
  readonly stackCores: number;
  readonly engineCores: number;
  readonly loopShare: number;
  readonly machineCores: number;
}

/**
 * Starts all of it, runs `run`, and leaves nothing behind, whatever happens.
 *
 * @param processes at least two, so that what the clients take is not what limits them.
 */
export async function withWorld<Result>(
  { connections, processes = 2 }: { readonly connections: number; readonly processes?: number },
  run: (world: World) => Promise<Result>,
): Promise<Result> {
  const stack = startRemote<StackMethods>(join(PROCESSES, "stack.ts"));
  const clients = Array.from({ length: processes }, () => startRemote<ClientMethods>(join(PROCESSES, "clients.ts")));
  try {
    const { url, ledger } = await stack.call("start", {});
    const runName = Date.now().toString(36);
    const startedAt = performance.now();
    const opened = await Promise.all(
      clients.map(async (client, index) => {
        const count = share(connections, processes, index);
        const tokens = await stack.call("tokens", { count, prefix: `user-${index}` });
        const plan: OpenPlan = {
          url,
          tokens,
          ledger,
          prefix: `${runName}-${index}`,
          atATime: Math.max(1, Math.floor(UPGRADES_AT_A_TIME / processes)),
        };
        return client.call("open", plan);
      }),
    );
    const openingMs = performance.now() - startedAt;
    return await run({
      stack,
      clients,
      asked: connections,
      opened: opened.reduce((sum, one) => sum + one.opened, 0),
      openingMs,
      meter: () => startMeter(stack),
      async finish() {
        const finished = await Promise.all(clients.map((client) => client.call("finish", {})));
        const tally = addTallies(finished.map((one) => one.tally));
        return {
          tally,
          ledger: createLedger(tally.workIds, await stack.call("ledger", { path: ledger })),
          dropped: finished.reduce((sum, one) => sum + one.dropped, 0),
          clientCpuSeconds: finished.reduce((sum, one) => sum + one.cpuSeconds, 0),
          stack: await stack.call("use", { afterCollecting: false }),
        };
      },
    });
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
    await stack.stop();
  }
}

/** The `index`th part of `count`, so that the parts add up to it. */
export function share(count: number, parts: number, index: number): number {
  return Math.floor((count * (index + 1)) / parts) - Math.floor((count * index) / parts);
}

async function startMeter(stack: Remote<StackMethods>): Promise<() => Promise<MachineUse>> {
  const [before, machineBefore, startedAt] = [await stack.call("use", { afterCollecting: false }), machineTime(), performance.now()];
  return async () => {
    const [after, machineAfter, seconds] = [
      await stack.call("use", { afterCollecting: false }),
      machineTime(),
      (performance.now() - startedAt) / 1_000,
    ];
    const active = after.loop.active - before.loop.active;
    const all = active + after.loop.idle - before.loop.idle;
    const total = machineAfter.total - machineBefore.total;
    return {
      seconds,
      stackCores: (after.cpuSeconds - before.cpuSeconds) / seconds,
      engineCores: (after.engineCpuSeconds - before.engineCpuSeconds) / seconds,
      loopShare: all === 0 ? 0 : active / all,
      machineCores: total === 0 ? 0 : ((machineAfter.busy - machineBefore.busy) / total) * availableParallelism(),
    };
  };
}

/** Of all cores, whoever used them. */
function machineTime(): { readonly busy: number; readonly total: number } {
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) };
}
