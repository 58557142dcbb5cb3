import { availableParallelism } from "node:os";
import type { Clock } from "@streamer/protocol";
import type { FunctionSpec, Wiring } from "@streamer/server";
import type { Logger } from "../bus/logger.ts";
import { bundleWithInputs } from "../lambda/bundle/bundleFunctions.ts";
import type { FunctionBundle } from "../lambda/bundle/bundleFunctions.ts";
import { SOURCE_CONDITIONS } from "../lambda/bundle/sourceConditions.ts";
import { createFunctionPool } from "../lambda/pool.ts";
import type { FunctionPool, OnRunning } from "../lambda/pool.ts";
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
  /** Runs a function; waits for its environment to be set. `onRunning` is called when a sandbox begins with the event. */
  invoke(name: string, event: unknown, onRunning?: OnRunning): Promise<unknown>;
  /** Gives each function its environment. Once. */
  setEnv(envOf: (name: string) => Readonly<Record<string, string>>): void;
  /** Another environment for all functions, from their next sandboxes on: those that are idle are ended. */
  renewEnv(envOf: (name: string) => Readonly<Record<string, string>>): Promise<void>;
  /** What each was bundled into at the start, by name. */
  readonly bundles: ReadonlyMap<string, FunctionBundle>;
  /** Another bundle for a function, from its next events on. @throws FunctionError when it does not load: its events fail likewise */
  reload(name: string, bundlePath: string): Promise<void>;
  /** One more function, of this wiring. To be called when the environment is set. */
  add(spec: FunctionSpec, bundlePath: string, wiring: Wiring): void;
  /** Ends a function: what runs is cut. */
  remove(name: string): Promise<void>;
  /** Sandboxes of a function, now. */
  sandboxesOf(name: string): number;
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

/**
 * How long a frame or a connect waits for a sandbox: until the gateway has answered in its place, and nobody waits for it any more. Under more
 * load than this machine carries each frame would else be run too late, for nothing, and the next one too. A disconnect is never too late.
 */
function localMaxWaitMs({ routes }: Wiring, spec: FunctionSpec): number | undefined {
  return spec === routes.$connect || spec === routes.$default ? spec.timeoutMs : undefined;
}

/** Bundles the functions; their pools are made when their environment is known. */
export async function createFunctions(options: FunctionsOptions): Promise<Functions> {
  const { wiring, clock, logger, onLog, faultsOf } = options;
  const queued = [...wiring.processors, wiring.notifier];
  const specs = [...Object.values(wiring.routes), ...[...queued, ...wiring.schedules].map((part) => part.function)];
  const bundles = await bundleWithInputs(specs, { root: options.functionsDir, outDir: options.outDir, conditions: SOURCE_CONDITIONS });
  const pools = new Map<string, FunctionPool>();
  const ready = Promise.withResolvers<void>();
  let currentEnvOf: (name: string) => Readonly<Record<string, string>> = () => ({});

  const pool = async (name: string): Promise<FunctionPool> => {
    await ready.promise;
    const found = pools.get(name);
    if (found === undefined) throw new Error(`There is no function "${name}".`);
    return found;
  };

  const add: Functions["add"] = (spec, bundlePath, wiringOf) => {
    const own = {
      bundlePath,
      env: currentEnvOf(spec.name),
      concurrency: localConcurrency(wiringOf, spec),
      maxWaitMs: localMaxWaitMs(wiringOf, spec),
    };
    pools.set(spec.name, createFunctionPool(spec, { ...own, clock, logger, onLog, faults: faultsOf?.(spec.name) }));
  };

  return {
    invoke: async (name, event, onRunning) => (await pool(name)).invoke(event, onRunning),
    async renewEnv(envOf) {
      await ready.promise;
      currentEnvOf = envOf;
      await Promise.all([...pools].map(([name, made]) => made.renew(envOf(name))));
    },
    setEnv(envOf) {
      currentEnvOf = envOf;
      for (const spec of specs) add(spec, bundles.get(spec.name)?.path ?? "", wiring);
      ready.resolve();
    },
    bundles,
    reload: async (name, bundlePath) => (await pool(name)).reload(bundlePath),
    add,
    async remove(name) {
      const removed = pools.get(name);
      await removed?.stop();
      if (pools.get(name) === removed) pools.delete(name);
    },
    sandboxesOf: (name) => pools.get(name)?.stats.sandboxes ?? 0,
    async warm(names) {
      await Promise.all(names.map(async (name) => (await pool(name)).warm()));
    },
    async stop() {
      await Promise.all([...pools.values()].map((made) => made.stop()));
    },
  };
}
