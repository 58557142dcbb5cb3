import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** What a process can be asked: name → one argument and a promise. Both must be JSON. */
export type Methods<Names extends object> = { readonly [Name in keyof Names]: (argument: never) => Promise<unknown> };

type ArgumentOf<Method> = Method extends (argument: infer Argument) => unknown ? Argument : never;
type AnswerOf<Method> = Method extends (argument: never) => Promise<infer Answer> ? Answer : never;

/** A process of its own, and how to talk with it. */
export interface Remote<Asked extends Methods<Asked>> {
  readonly pid: number;
  /** @throws what the process answered with, or that it ended before it answered. */
  call<Name extends keyof Asked>(name: Name, argument: ArgumentOf<Asked[Name]>): Promise<AnswerOf<Asked[Name]>>;
  /** Ends the process: by itself, and if it does not within `graceMs`, by force. */
  stop(): Promise<void>;
}

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}
type Reply = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: string };

const STOP_GRACE_MS = 20_000;

/** Starts `entry`, a TypeScript file that calls `serve`, as a Node process that can be asked to collect its garbage. */
export function startRemote<Asked extends Methods<Asked>>(entry: string, { graceMs = STOP_GRACE_MS } = {}): Remote<Asked> {
  const child = fork(entry, [], {
    execArgv: ["--conditions=@streamer/source", "--expose-gc", "--disable-warning=ExperimentalWarning"],
    // Of a test runner's own variables none is theirs.
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const exited = Promise.withResolvers<void>();
  let lastWords = "";
  child.stderr?.on("data", (data: Buffer) => (lastWords = `${lastWords}${data.toString()}`.slice(-4_000)));
  let nextId = 1;
  child.on("message", (heard: Reply) => {
    const call = waiting.get(heard.id);
    waiting.delete(heard.id);
    if ("failure" in heard) call?.reject(new Error(heard.failure));
    else call?.resolve(heard.answer);
  });
  child.once("exit", (code, signal) => {
    for (const call of waiting.values()) call.reject(new Error(`${entry} ended (${code ?? signal}) before it answered.\n${lastWords}`));
    waiting.clear();
    exited.resolve();
  });
  return {
    pid: child.pid ?? 0,
    call(name, argument) {
      const answer = Promise.withResolvers<unknown>();
      const call: Call = { id: nextId, name: String(name), argument };
      nextId += 1;
      waiting.set(call.id, answer);
      child.send(call, (error) => {
        if (error !== null && waiting.delete(call.id)) answer.reject(error);
      });
      return answer.promise as Promise<never>;
    },
    stop: () => end(child, exited.promise, graceMs),
  };
}

async function end(child: ChildProcess, exited: Promise<void>, graceMs: number): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await exited;
  clearTimeout(timer);
}

/** In the process: answers calls until whoever started it lets go of it, or dies; then `close` is called, and the process ends. */
export function serve<Asked extends Methods<Asked>>(methods: Asked, close: () => Promise<void>): void {
  const answer = async ({ id, name, argument }: Call): Promise<void> => {
    try {
      // Whoever calls has the types: `Remote` gives each name the argument that its method takes.
      reply({ id, answer: await methods[name as keyof Asked](argument as never) });
    } catch (error) {
      reply({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  process.on("message", (call: Call) => void answer(call));
  process.once("disconnect", () => {
    void close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

function reply(message: Reply): void {
  if (process.connected) process.send?.(message);
}
