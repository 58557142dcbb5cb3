import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Clock, Timer } from "@streamer/protocol";
import type { FunctionSpec } from "@streamer/server";
import { platformReportLine } from "../../metrics/platformReport.ts";
import type { PlatformReport } from "../../metrics/platformReport.ts";
import { describeThrown, FunctionError } from "../functionError.ts";
import type { FunctionErrorKind, ReportedError } from "../functionError.ts";
import { parseHandlerName } from "../handlerName.ts";
import { functionIdentity, memoryInMb, sandboxEnv, traceHeader } from "./environment.ts";
import type { Env } from "./environment.ts";
import type { SandboxFaults } from "./faults.ts";
import { INIT_TIMEOUT_MS } from "./limits.ts";
import type { Invocation, InvocationAnswer, SandboxData, SandboxMessage } from "./messages.ts";

export interface SandboxOptions {
  readonly bundlePath: string;
  /** The function's variables. The sandbox sees these and Lambda's own, and nothing of this process's. */
  readonly env: Env;
  readonly clock: Clock;
  /** How long the module's top level may take. Default `INIT_TIMEOUT_MS`. */
  readonly initTimeoutMs?: number | undefined;
  /** Tells this sandbox from the function's others in the log stream's name. */
  readonly instance: string;
  readonly onLog: (functionName: string, line: string) => void;
  /** Default: none. */
  readonly faults?: SandboxFaults | undefined;
}

/** One execution environment: a thread that has loaded the bundle and takes one event at a time. */
export interface Sandbox {
  /** Resolves when the module's top level is done. @throws FunctionError of kind `init` or `init_timeout`; the sandbox is then dead. */
  readonly ready: Promise<void>;
  /** False once it has crashed, was killed or stopped. */
  readonly alive: boolean;
  /** Runs the handler on an event. To be called only when ready and not running. @throws FunctionError */
  run(requestId: string, event: string): Promise<InvocationAnswer>;
  /** Ends the thread under its handler, as a crash: whoever waits for the answer gets an error of kind `crash`. */
  kill(): void;
  /** Ends the thread, whatever it is doing. Resolves when it is gone and its last line has been handed to `onLog`. */
  stop(): Promise<void>;
}

export function createSandbox(spec: FunctionSpec, options: SandboxOptions): Sandbox {
  const { bundlePath, env, clock, instance, onLog, faults, initTimeoutMs = INIT_TIMEOUT_MS } = options;
  const identity = functionIdentity(spec, env, clock.now(), instance);
  const data: SandboxData = {
    bundleUrl: pathToFileURL(bundlePath).href,
    exportName: parseHandlerName(spec.handler).exportName,
    identity,
    fate: faults?.onStart(),
  };
  const worker = new Worker(runtimeUrl(), {
    name: spec.name,
    workerData: data,
    env: sandboxEnv(spec, env, identity, bundlePath),
    // This process's own flags are no part of Lambda.
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryInMb(spec.memory) },
  });

  const logged = Promise.all([worker.stdout, worker.stderr].map((stream) => eachLine(stream, (line) => onLog(spec.name, line))));
  const exited = Promise.withResolvers<void>();
  const createdAt = clock.monotonic();
  /** Until it is reported, with the first invocation. */
  let initDurationMs: number | undefined;
  let stopped = false;
  let alive = true;
  let uncaught: ReportedError | undefined;
  let requestId: string | undefined;
  let waiting: PromiseWithResolvers<SandboxMessage> | undefined;
  const failure = (kind: FunctionErrorKind, error: ReportedError): FunctionError =>
    new FunctionError(kind, { ...error, functionName: spec.name, requestId });

  worker.on("message", (message: SandboxMessage) => waiting?.resolve(message));
  worker.on("error", (error) => {
    uncaught = describeThrown(error);
  });
  worker.on("exit", (code) => {
    alive = false;
    exited.resolve();
    waiting?.reject(failure("crash", uncaught ?? exitError(code)));
  });

  const kill = async (): Promise<void> => {
    alive = false;
    await worker.terminate();
    await exited.promise;
    await logged;
  };

  /** Waits for the thread's next message; kills it when none comes in time. */
  const nextMessage = async (limitMs: number, onLate: () => FunctionError, request?: Invocation): Promise<SandboxMessage> => {
    const answer = Promise.withResolvers<SandboxMessage>();
    waiting = answer;
    let late: FunctionError | undefined;
    const timer = clock.after(limitMs, () => {
      late = onLate();
      // Ends the wait by the thread's exit, so that nothing of the function runs any more when its caller learns of it.
      void kill();
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    if (request !== undefined) worker.postMessage(request);
    try {
      return await answer.promise;
    } catch (error) {
      // The last lines it wrote tell why: they come before the failure.
      await logged;
      throw late ?? error;
    } finally {
      timer.cancel();
      waiting = undefined;
    }
  };

  /** Kills the sandbox at the moment that its faults name for this event, unless it is taken back before. */
  const awaitFate = (event: string): Timer | undefined => {
    const fate = faults?.onInvoke(() => JSON.parse(event) as unknown);
    return fate && clock.after(fate.afterMs, () => void (waiting !== undefined && fate.strike() && kill()));
  };

  const start = async (): Promise<void> => {
    let message: SandboxMessage;
    try {
      message = await nextMessage(initTimeoutMs, () => failure("init_timeout", initTimeoutError(initTimeoutMs)));
    } catch (error) {
      // Whatever else ends it before it is ready is a failed init.
      throw error instanceof FunctionError && error.kind !== "init_timeout" ? failure("init", error) : error;
    }
    initDurationMs = clock.monotonic() - createdAt;
    if (message.type !== "init_failed") return;
    await kill();
    throw failure("init", message.error);
  };
  const ready = start();

  const report = (id: string, status: PlatformReport["status"], startedAt: number): void => {
    if (stopped) return;
    const measured = { durationMs: clock.monotonic() - startedAt, initDurationMs, memorySizeMB: memoryInMb(spec.memory) };
    initDurationMs = undefined;
    onLog(spec.name, platformReportLine({ requestId: id, status, ...measured }, clock.now()));
  };

  // Its user may ask later; a failure nobody asks for is no unhandled rejection.
  ready.catch(() => {});

  return {
    ready,
    get alive() {
      return alive;
    },
    async run(id, event) {
      requestId = id;
      const { timeoutMs } = spec;
      const request: Invocation = { requestId: id, traceId: traceHeader(clock.now(), id, env), event, remainingMs: timeoutMs };
      const fate = awaitFate(event);
      const startedAt = clock.monotonic();
      const late = (): FunctionError => failure("timeout", timeoutError(timeoutMs));
      const message = await nextMessage(timeoutMs, late, request)
        .catch((error: unknown) => {
          report(id, error instanceof FunctionError && error.kind === "timeout" ? "timeout" : "failure", startedAt);
          throw error;
        })
        .finally(() => fate?.cancel());
      report(id, message.type === "returned" ? "success" : "error", startedAt);
      if (message.type === "ready" || message.type === "init_failed") {
        throw new Error(`The sandbox of ${spec.name} answered an invocation with "${message.type}".`);
      }
      return message;
    },
    kill: () => void kill(),
    stop() {
      stopped = true;
      return kill();
    },
  };
}

function initTimeoutError(limitMs: number): ReportedError {
  return { errorType: "Sandbox.Timedout", errorMessage: `The module's top level was not done after ${limitMs / 1000} seconds.` };
}

function timeoutError(timeoutMs: number): ReportedError {
  return { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds` };
}

function exitError(code: number): ReportedError {
  return { errorType: "Runtime.ExitError", errorMessage: `The function ended its process with exit code ${code}.` };
}

/** The thread's program beside this module: a source when this is one, else what the compiler made of it. */
function runtimeUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./runtime.ts" : "./runtime.js", import.meta.url);
}

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
}
