import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { answerParent } from "../async/askProcess.ts";

/** What a server's process says of itself. */
export interface ServerState {
  /** Where to connect, with whatever is needed to be let in. */
  readonly url: string;
  readonly connections: number;
  /** Of this thread, in use after a collection: objects, and the buffers they hold. */
  readonly heapBytes: number;
}

export interface Served {
  readonly url: string;
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** The state is the only thing to ask for; `collect`: after a collection of garbage. */
export interface StateQuestion {
  readonly collect: boolean;
}

/** Runs a server in this process, until its parent lets go of it. */
export async function serve(start: () => Promise<Served>): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const served = start();
  served.catch(() => undefined);
  answerParent(
    async ({ collect }: StateQuestion): Promise<ServerState> => {
      const { url, connections } = await served;
      if (collect) collectGarbage();
      const { heapUsed, external } = process.memoryUsage();
      return { url, connections: connections(), heapBytes: heapUsed + external };
    },
    async () => (await served).stop(),
  );
  await served;
}
