import { randomUUID } from "node:crypto";
import type { Clock } from "@streamer/protocol";
import type { FunctionSpec } from "@streamer/server";
import { FunctionError } from "./functionError.ts";
import type { FunctionErrorKind } from "./functionError.ts";
import type { Env } from "./sandbox/environment.ts";
import type { SandboxFaults } from "./sandbox/faults.ts";
import { MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from "./sandbox/limits.ts";
import type { InvocationAnswer } from "./sandbox/messages.ts";
import { createSandbox } from "./sandbox/sandbox.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";

export interface FunctionLogger {
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface FunctionPoolOptions {
  /** The function's bundle, as `bundleFunctions` returns it. */
  readonly bundlePath: string;
  /** The function's environment: the only variables it sees beside Lambda's own. */
  readonly env: Env;
  /** The most sandboxes at a time, at least 1; events beyond wait in order. */
  readonly concurrency: number;
  /**
   * How long an event may wait for a sandbox, in ms, before it is refused (kind `throttled`), as Lambda refuses at once what it has no
   * environment for. Looked at when one is free: what nobody waits for any more must not keep it from the rest. Default: for ever.
   */
  readonly maxWaitMs?: number | undefined;
  /** The most warm sandboxes that are kept while nothing runs. Default: 8, or `concurrency` if that is less. */
  readonly maxIdle?: number;
  readonly clock: Clock;
  /** Told of each failed invocation, as CloudWatch is by Lambda. */
  readonly logger: FunctionLogger;
  /** Each line that the function writes to its output. */
  readonly onLog: (functionName: string, line: string) => void;
  /** Ids of invocations. Default: random UUIDs. */
  readonly newId?: () => string;
  /** Default: none. */
  readonly faults?: SandboxFaults | undefined;
}

/** A Lambda function on this machine: its bundle in worker threads. */
export interface FunctionPool {
  /**
   * Runs the function on an event: JSON in, JSON out; a handler that returns nothing gives null.
   *
   * @param onRunning called when a sandbox begins with it.
   * @throws FunctionError
   */
  invoke(event: unknown, onRunning?: OnRunning): Promise<unknown>;
  /** Another environment for the sandboxes from now on. Those that are there are ended as soon as they are not running. */
  renew(env: Env): Promise<void>;
  /**
   * Another bundle for the sandboxes from now on. What runs ends on the old one; waiting events get the new one. Resolves when a sandbox
   * of it is ready, or all that there may be are still running.
   *
   * @throws FunctionError of kind `init` or `init_timeout`: it does not load, and each of its events will fail in the same way.
   */
  reload(bundlePath: string): Promise<void>;
  /** Starts a sandbox ahead of the first event, unless there is one. @throws FunctionError of kind `init` or `init_timeout` */
  warm(): Promise<void>;
  /** Kills what runs, refuses what waits (kind `stopped`), and resolves when no thread is left. */
  stop(): Promise<void>;
  /** Sandboxes and waiting events, now. */
  readonly stats: { readonly sandboxes: number; readonly idle: number; readonly queued: number };
}

/** An invocation that a sandbox is busy with. */
export interface Running {
  /** Ends the sandbox, as a crash. Nothing happens when the invocation is over. */
  kill(): void;
}
export type OnRunning = (running: Running) => void;

interface Job {
  readonly requestId: string;
  readonly event: string;
  /** By the monotonic clock. */
  readonly queuedAt: number;
  readonly onRunning: OnRunning | undefined;
  readonly result: PromiseWithResolvers<unknown>;
}

const DEFAULT_MAX_IDLE = 8;

export function createFunctionPool(spec: FunctionSpec, options: FunctionPoolOptions): FunctionPool {
  const { concurrency, logger, clock, newId = randomUUID, maxWaitMs = Number.POSITIVE_INFINITY } = options;
  const maxIdle = options.maxIdle ?? Math.min(concurrency, DEFAULT_MAX_IDLE);
  const queue: Job[] = [];
  const sandboxes = new Set<Sandbox>();
  const idle: Sandbox[] = [];
  /** Everything under way, for stop() to wait for. */
  const tasks = new Set<Promise<void>>();
  /** Started with an environment or a bundle that is not theirs any more. */
  const outdated = new WeakSet<Sandbox>();
  let { env, bundlePath } = options;
  let starting = 0;
  let stopped = false;

  const track = (task: Promise<void>): void => {
    tasks.add(task);
    void task.finally(() => tasks.delete(task));
  };

  const failure = (kind: FunctionErrorKind, errorType: string, errorMessage: string, requestId?: string): FunctionError =>
    new FunctionError(kind, { functionName: spec.name, errorType, errorMessage, requestId });

  const report = (error: unknown): void => {
    if (!(error instanceof FunctionError) || stopped) return;
    const { functionName, kind, requestId, errorType, errorMessage, trace } = error;
    logger.error(`Function ${functionName} failed`, { kind, requestId, errorType, errorMessage, trace });
  };

  const discard = async (sandbox: Sandbox): Promise<void> => {
    await sandbox.stop();
    sandboxes.delete(sandbox);
  };

  /** The most recently used one, so that the rest can stay idle. */
  const takeIdle = (): Sandbox | undefined => {
    for (let sandbox = idle.pop(); sandbox !== undefined; sandbox = idle.pop()) {
      if (sandbox.alive) return sandbox;
      sandboxes.delete(sandbox);
    }
    return undefined;
  };

  /** Those that are there end as soon as they are not running. */
  const retireAll = async (): Promise<void> => {
    for (const sandbox of sandboxes) outdated.add(sandbox);
    await Promise.all(idle.splice(0).map(discard));
    dispatch();
  };

  const release = async (sandbox: Sandbox, keep: boolean): Promise<void> => {
    if (keep && sandbox.alive && !stopped && !outdated.has(sandbox) && (queue.length > 0 || idle.length < maxIdle)) idle.push(sandbox);
    else await discard(sandbox);
    dispatch();
  };

  /** The first that has not waited too long. */
  const takeJob = (): Job | undefined => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (clock.monotonic() - job.queuedAt <= maxWaitMs) return job;
      const message = `No sandbox was free within ${maxWaitMs} ms: all ${concurrency} were busy.`;
      job.result.reject(failure("throttled", "TooManyRequestsException", message, job.requestId));
    }
    return undefined;
  };

  /** Gives waiting events to idle sandboxes and starts as many more as are missing. An event takes whichever is ready first. */
  const dispatch = (): void => {
    while (queue.length > 0 && !stopped) {
      const sandbox = takeIdle();
      if (sandbox === undefined) break;
      const job = takeJob();
      if (job !== undefined) track(run(sandbox, job));
      else idle.push(sandbox);
    }
    while (!stopped && starting < queue.length && sandboxes.size < concurrency) {
      track(
        start()
          .catch((error: unknown) => queue.shift()?.result.reject(stopped ? stoppedError() : error))
          .then(dispatch),
      );
    }
  };

  const start = async (): Promise<void> => {
    starting += 1;
    const sandbox = await startSandbox()
      .catch(startAgain)
      .finally(() => (starting -= 1));
    await release(sandbox, true);
  };

  /** @throws FunctionError when its module could not be loaded, or not in time; no sandbox is left then. */
  const startSandbox = async (initTimeoutMs?: number): Promise<Sandbox> => {
    const sandbox = createSandbox(spec, { ...options, env, bundlePath, initTimeoutMs, instance: newId() });
    sandboxes.add(sandbox);
    try {
      await sandbox.ready;
      return sandbox;
    } catch (error) {
      report(error);
      await discard(sandbox);
      throw error;
    }
  };

  /** As Lambda does: an init that took too long is begun anew, once, with the time that an invocation has. */
  const startAgain = async (error: unknown): Promise<Sandbox> => {
    if (stopped || !(error instanceof FunctionError) || error.kind !== "init_timeout") throw error;
    return startSandbox(spec.timeoutMs);
  };

  const run = async (sandbox: Sandbox, { requestId, event, onRunning, result }: Job): Promise<void> => {
    let keep = false;
    let over = false;
    try {
      const answering = sandbox.run(requestId, event);
      onRunning?.({ kill: () => void (over || sandbox.kill()) });
      const answer = await answering;
      // What is left running would go on inside the next invocation.
      keep = answer.pendingWork.length === 0;
      result.resolve(toResult(answer, requestId));
    } catch (error) {
      const reason = stopped ? stoppedError(requestId) : error;
      report(reason);
      result.reject(reason);
    } finally {
      over = true;
    }
    await release(sandbox, keep);
  };

  const toResult = (answer: InvocationAnswer, requestId: string): unknown => {
    const pending = answer.pendingWork.join("; ");
    if (answer.type === "threw") {
      if (pending !== "") logger.error(`Function ${spec.name} threw while work was pending`, { requestId, pending });
      throw new FunctionError("handler", { ...answer.error, functionName: spec.name, requestId });
    }
    if (answer.type === "response_too_large") {
      const message = `Response payload size (${answer.sizeBytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
      throw failure("response_too_large", "Function.ResponseSizeTooLarge", message, requestId);
    }
    if (pending !== "") {
      const advice = "Lambda freezes a function when it returns, so this may never finish: await it or cancel it before returning.";
      throw failure("pending_work", "Function.PendingWork", `Still pending after the return: ${pending}. ${advice}`, requestId);
    }
    return JSON.parse(answer.response) as unknown;
  };

  const stoppedError = (requestId?: string): FunctionError =>
    failure("stopped", "Function.Stopped", "The function was stopped before it answered.", requestId);

  return {
    async invoke(event, onRunning) {
      if (stopped) throw stoppedError();
      const requestId = newId();
      const json: string | undefined = JSON.stringify(event);
      const text = json ?? "null";
      const sizeBytes = Buffer.byteLength(text);
      if (sizeBytes > MAX_REQUEST_BYTES) {
        const message = `The event has ${sizeBytes} bytes; at most ${MAX_REQUEST_BYTES} are allowed.`;
        throw failure("request_too_large", "RequestEntityTooLargeException", message, requestId);
      }
      const job: Job = { requestId, event: text, queuedAt: clock.monotonic(), onRunning, result: Promise.withResolvers() };
      queue.push(job);
      dispatch();
      return job.result.promise;
    },
    async warm() {
      if (stopped) throw stoppedError();
      // An event that has come meanwhile waits for this sandbox: if it fails, for another.
      if (sandboxes.size === 0) await start().finally(dispatch);
    },
    async renew(renewed) {
      env = renewed;
      await retireAll();
    },
    async reload(path) {
      if (stopped) throw stoppedError();
      bundlePath = path;
      await retireAll();
      const hasNew = [...sandboxes].some((sandbox) => !outdated.has(sandbox));
      if (!hasNew && !stopped && sandboxes.size < concurrency) await start().finally(dispatch);
    },
    async stop() {
      stopped = true;
      for (const job of queue.splice(0)) job.result.reject(stoppedError(job.requestId));
      await Promise.all([...sandboxes].map((sandbox) => sandbox.stop()));
      await Promise.all(tasks);
      sandboxes.clear();
      idle.length = 0;
    },
    get stats() {
      return { sandboxes: sandboxes.size, idle: idle.length, queued: queue.length };
    },
  };
}
