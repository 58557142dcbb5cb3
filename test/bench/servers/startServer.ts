import { join } from "node:path";
import { startProcess } from "../async/askProcess.ts";
import type { ServerState, StateQuestion } from "./serve.ts";

/** What a client can talk to: `ws` alone; `ws` with an update of a table for each message; the local gateway alone; the whole stack. */
export type ServerName = "raw" | "floor" | "gateway" | "stack";

/** A server in a process of its own, so that it does not share an event loop with who measures it. */
export interface BenchServer {
  readonly url: string;
  /** @param options.collect after a collection of garbage. */
  state(options?: Partial<StateQuestion>): Promise<ServerState>;
  stop(): Promise<void>;
}

export async function startServer(name: ServerName): Promise<BenchServer> {
  const server = startProcess<StateQuestion, ServerState>(join(import.meta.dirname, `${name}.ts`));
  try {
    const { url } = await server.ask({ collect: false });
    return { url, state: ({ collect = false } = {}) => server.ask({ collect }), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Runs with servers of these names, and ends them whatever happens. */
export async function withServers<Name extends ServerName, Result>(
  names: readonly Name[],
  run: (servers: Readonly<Record<Name, BenchServer>>) => Promise<Result>,
): Promise<Result> {
  const started: [Name, BenchServer][] = [];
  try {
    for (const name of names) started.push([name, await startServer(name)]);
    return await run(Object.fromEntries(started) as Record<Name, BenchServer>);
  } finally {
    await Promise.all(started.map(([, server]) => server.stop()));
  }
}
