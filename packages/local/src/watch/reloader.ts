import { join } from "node:path";
import type { Actions, Clock } from "@streamer/protocol";
import type { FunctionSpec, ProcessorWiring, Wiring } from "@streamer/server";
import { BundleError } from "../lambda/bundle/bundleFunctions.ts";
import type { FunctionBundle } from "../lambda/bundle/bundleFunctions.ts";
import { describeThrown, FunctionError } from "../lambda/functionError.ts";
import type { AsyncPath } from "../stack/asyncPath.ts";
import type { Functions } from "../stack/functions.ts";
import { buildCode } from "./buildCode.ts";
import type { CodeFiles } from "./codeFiles.ts";
import { isSameCode } from "./codeFiles.ts";
import { bundleDefinitions, importDefinitions } from "./definitions.ts";
import { processorChanges } from "./processorChanges.ts";
import type { KnownProcessor } from "./processorChanges.ts";
import type { Reloaded } from "./types.ts";

export interface ReloaderDeps {
  /** The app's folder, without symbolic links in its path. */
  readonly root: string;
  readonly wiring: Wiring;
  readonly wiringOf: (actions: Actions) => Wiring;
  readonly definitions: FunctionBundle;
  readonly functions: Pick<Functions, "bundles" | "reload" | "add" | "remove">;
  readonly asyncPath: Pick<AsyncPath, "addProcessor" | "pauseProcessor">;
  readonly codeFiles: CodeFiles;
  readonly clock: Clock;
  /** The app's actions, and what runs of them, are others from now on. */
  readonly onDefinitions: (actions: Actions, wiring: Wiring) => void;
  /** A removed action's last run has ended: there may be something to do again. */
  readonly onEnded: () => void;
}

export interface Reloader {
  /** Makes the running stack that of the sources. `undefined` when the change is nobody's. To be called one at a time. */
  reload(changed: ReadonlySet<string>, startedAtMs: number): Promise<Reloaded | undefined>;
  /** All sources that something was made of. */
  inputs(): ReadonlySet<string>;
}

export function createReloader(deps: ReloaderDeps): Reloader {
  const { root, functions, asyncPath, codeFiles, clock } = deps;
  const indexPath = join(root, "src", "actions", "index.ts");
  const bundles = new Map(functions.bundles);
  const specs = new Map(specsOf(deps.wiring).map((spec) => [spec.name, spec]));
  const known = new Map<string, KnownProcessor>(deps.wiring.processors.map((one) => [one.action, { processor: one, state: "on" }]));
  let { definitions } = deps;
  let wanted = deps.wiring;
  let wantedActions: Actions | undefined;
  /** What did not build, or could not be taken over: tried again at every change. */
  let unfinished: ReadonlySet<string> = new Set();
  let definitionsFailed = false;
  let lastRestart = "";

  const touches = (inputs: ReadonlySet<string>, changed: ReadonlySet<string>): boolean => [...changed].some((path) => inputs.has(path));

  const readDefinitions = async (folder: string): Promise<string | undefined> => {
    try {
      const bundle = await bundleDefinitions(root, folder);
      definitions = bundle;
      const actions = await importDefinitions(bundle);
      wanted = deps.wiringOf(actions);
      wantedActions = actions;
      definitionsFailed = false;
      return undefined;
    } catch (error) {
      definitionsFailed = true;
      return error instanceof BundleError ? error.message : `The definitions of the actions cannot be loaded. ${thrown(error)}`;
    }
  };

  /** Gives what the new code says when it is loaded, if it does not load. */
  const takeOver = async (name: string, bundle: FunctionBundle): Promise<string | undefined> => {
    const old = bundles.get(name);
    bundles.set(name, bundle);
    try {
      await functions.reload(name, bundle.path);
      return undefined;
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return `${name} does not load, and fails at each event. ${thrown(error)}`;
    } finally {
      if (old !== undefined) await codeFiles.retire(old.path);
    }
  };

  const addProcessor = async (processor: ProcessorWiring, bundle: FunctionBundle): Promise<void> => {
    const { action, function: spec } = processor;
    const start = await asyncPath.addProcessor(processor, wanted);
    functions.add(spec, bundle.path, wanted);
    bundles.set(spec.name, bundle);
    specs.set(spec.name, spec);
    known.set(action, { processor, state: "on" });
    start();
  };

  /** Does not wait for what runs: that may take as long as the action may. */
  const removeProcessor = (processor: ProcessorWiring): void => {
    const { action, function: spec } = processor;
    known.set(action, { processor, state: "ending" });
    bundles.delete(spec.name);
    specs.delete(spec.name);
    const end = async (): Promise<void> => {
      await asyncPath.pauseProcessor(processor);
      await functions.remove(spec.name);
      known.set(action, { processor, state: "off" });
      deps.onEnded();
    };
    void end();
  };

  const restartNotes = (restart: readonly string[]): readonly string[] => {
    const text = restart.join(", ");
    const isNews = text !== lastRestart;
    lastRestart = text;
    return restart.length > 0 && isNews
      ? [`The timeout, attempts, memory or concurrency of ${text} changed: restart for this. Until then it runs with those it had.`]
      : [];
  };

  return {
    inputs: () => new Set([definitions, ...bundles.values()].flatMap(({ inputs }) => [...inputs])),
    async reload(changed, startedAtMs) {
      const touched = [...bundles].filter(([name, { inputs }]) => unfinished.has(name) || touches(inputs, changed)).map(([name]) => name);
      const areDefinitionsTouched = definitionsFailed || touches(definitions.inputs, changed);
      if (touched.length === 0 && !areDefinitionsTouched && processorChanges(known, wanted).added.length === 0) return undefined;
      const folder = await codeFiles.next();
      const errors: string[] = [];
      if (areDefinitionsTouched) {
        const error = await readDefinitions(folder);
        if (error !== undefined) errors.push(error);
      }
      const changes = processorChanges(known, wanted);
      const building = [...touched.flatMap((name) => specs.get(name) ?? []), ...changes.added.map((one): FunctionSpec => one.function)];
      const built = await buildCode(building, root, folder);
      errors.push(...built.errors.filter((error) => !errors.includes(error)));

      const isWhole = !definitionsFailed && changes.added.every((one) => built.bundles.has(one.function.name));
      // Half of a change to the actions, such as a router that takes what nobody works on, is worse than none of it.
      const isHeldBack = ({ inputs }: FunctionBundle): boolean => !isWhole && inputs.has(indexPath);
      const heldBack = touched.filter((name) => {
        const bundle = built.bundles.get(name);
        return bundle !== undefined && isHeldBack(bundle);
      });
      unfinished = new Set([...built.failed, ...heldBack]);

      for (const one of isWhole ? changes.added : []) {
        const bundle = built.bundles.get(one.function.name);
        if (bundle !== undefined) await addProcessor(one, bundle);
      }
      const reloaded: string[] = [];
      await Promise.all(
        touched.map(async (name) => {
          const bundle = built.bundles.get(name);
          const old = bundles.get(name);
          if (bundle === undefined || unfinished.has(name)) return;
          if (old !== undefined && (await isSameCode(old.path, bundle.path))) return void bundles.set(name, { ...bundle, path: old.path });
          const error = await takeOver(name, bundle);
          if (error === undefined) reloaded.push(name);
          else errors.push(error);
        }),
      );
      const removed = isWhole ? changes.removed : [];
      for (const one of removed) removeProcessor(one);
      if (isWhole && wantedActions !== undefined) deps.onDefinitions(wantedActions, runningOf(wanted, known));

      const added = isWhole ? changes.added.map(({ action }) => action) : [];
      const notes = [
        ...removed.map(({ action }) => `${action} is gone: what runs ends, its waiting requests stay until it is back.`),
        ...restartNotes(changes.restart),
      ];
      if (reloaded.length + added.length + removed.length + notes.length + errors.length === 0) return undefined;
      const result = { functions: reloaded.toSorted(), added, removed: removed.map(({ action }) => action), notes };
      return { ...result, ...(errors.length > 0 && { error: errors.join("\n") }), durationMs: clock.monotonic() - startedAtMs };
    },
  };
}

function specsOf({ routes, processors, notifier, schedules }: Wiring): readonly FunctionSpec[] {
  return [...Object.values(routes), ...[...processors, notifier, ...schedules].map((part) => part.function)];
}

/** As wanted, with the processors as they are. */
function runningOf(wanted: Wiring, known: ReadonlyMap<string, KnownProcessor>): Wiring {
  return { ...wanted, processors: wanted.processors.flatMap(({ action }) => known.get(action)?.processor ?? []) };
}

/** What went wrong, and the first place of it. */
function thrown(error: unknown): string {
  const { errorType, errorMessage, trace } = error instanceof FunctionError ? error : describeThrown(error);
  const place = trace?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return `${errorType}: ${errorMessage}${place === undefined ? "" : `\n${place}`}`;
}
