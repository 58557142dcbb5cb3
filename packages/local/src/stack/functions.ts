import { availableParallelism } from "node:os";
import type { Clock } from "@streamer/protocol";
import type { FunctionSpec, Wiring } from "@streamer/server";
import type { Logger } from "../bus/logger.ts";
import { bundleFunctions } from "../lambda/bundle/bundleFunctions.ts";
import { createFunctionPool } from "../lambda/pool.ts";
import type { FunctionPool } from "../lambda/pool.ts";
import type { SandboxFaults } from "../lambda/sandbox/faults.ts";

export interface FunctionsOptions {
  readonly wiring: Wiring;
  readonly functionsDir: string;
  readonly outDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onLog: (functionName: string, line: string) => void;
  /** Faults of a function's sandboxes. Default: none. */
  readonly faultsOf?: ((functionName: string) => SandboxFaults) | undefined;
}

/** All functions of an app, by name. */
export interface Functions {
  /** Runs a function; waits for its environment to be set. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Gives each function its environment. Once. */
  setEnv(envOf: (name: string) => Readonly<Record<string, string>>): void;
  /** Starts a sandbox of each ahead of its first event. */
  warm(names: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Sandboxes of one function at a time, whatever the wiring allows. More threads than this only wait for each other: on two cores ten
 * reports at once are done sooner with four sandboxes than with ten, whose cold starts cost more than they bring.
 */
const MAX_LOCAL_CONCURRENCY = Math.max(4, 2 * availableParallelism());

/** The notifier's: what comes while both are busy is taken as one batch, and leaves the cores to the work itself. */
const MAX_LOCAL_NOTIFIERS = 2;

/** Sandboxes of a function that run at a time on this machine. */
export function localConcurrency({ routes, processors, notifier }: Wiring, spec: FunctionSpec): number {
  if (Object.values(routes).includes(spec)) return MAX_LOCAL_CONCURRENCY;
  if (spec === notifier.function) return Math.min(notifier.concurrency, MAX_LOCAL_NOTIFIERS);
  const processor = processors.find((one) => one.function === spec);
  // A schedule's function runs by itself.
  return processor === undefined ? 1 : Math.min(processor.concurrency, MAX_LOCAL_CONCURRENCY);
}

/** Bundles the functions; their pools are made when their environment is known. */
export async function createFunctions(options: FunctionsOptions): Promise<Functions> {
  const { wiring, clock, logger, onLog, faultsOf } = options;
  const queued = [...wiring.processors, wiring.notifier];
  const specs = [...Object.values(wiring.routes), ...[...queued, ...wiring.schedules].map((part) => part.function)];
  const bundles = await bundleFunctions(specs, { root: options.functionsDir, outDir: options.outDir, conditions: ["@streamer/source"] });
  const pools = Promise.withResolvers<ReadonlyMap<string, FunctionPool>>();
  let started: readonly FunctionPool[] = [];

  const pool = async (name: string): Promise<FunctionPool> => {
    const found = (await pools.promise).get(name);
    if (found === undefined) throw new Error(`There is no function "${name}".`);
    return found;
  };

  return {
    invoke: async (name, event) => (await pool(name)).invoke(event),
    setEnv(envOf) {
      const entries = specs.map((spec) => {
        const own = { bundlePath: bundles.get(spec.name) ?? "", env: envOf(spec.name), concurrency: localConcurrency(wiring, spec) };
        return [spec.name, createFunctionPool(spec, { ...own, clock, logger, onLog, faults: faultsOf?.(spec.name) })] as const;
      });
      started = entries.map(([, made]) => made);
      pools.resolve(new Map(entries));
    },
    async warm(names) {
      await Promise.all(names.map(async (name) => (await pool(name)).warm()));
    },
    async stop() {
      await Promise.all(started.map((made) => made.stop()));
    },
  };
}
