import type { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { createPump } from "./pump.ts";
import type { PipeStats, PumpConfig, PumpDeps } from "./pump.ts";
import type { Polling } from "./shardReader.ts";
import { createStreamReader } from "./streamReader.ts";

export interface PipeConfig extends PumpConfig {
  readonly polling?: Polling;
}

export interface PipeDeps extends PumpDeps {
  /** The engine's streams, by endpoint. Not closed by the pipe. */
  readonly streams: DynamoDBStreamsClient;
}

export interface Pipe {
  /** Reads on from the checkpoints; without one, from the stream's oldest record. Does nothing while it runs. */
  start(): void;
  /**
   * Finishes the attempt under way and resolves when nothing is left running. A batch that was waiting for a retry is read again after
   * the next start, so events may come twice and are never lost.
   */
  stop(): Promise<void>;
  /** Whether it reads: from `start()` until `stop()` is called. */
  readonly running: boolean;
  readonly stats: PipeStats;
}

/**
 * The EventBridge Pipe on one machine: from a DynamoDB stream to a bus, by the same definition as on AWS.
 *
 * Every record that passes the filters reaches the bus at least once, or the dead letters; those of one item in their order.
 *
 * @throws {RangeError | EventPatternError | InputTemplateError} for a definition that AWS would refuse.
 */
export function createPipe(config: PipeConfig, deps: PipeDeps): Pipe {
  const pump = createPump(config, deps);
  const reader = createStreamReader(config, deps, pump.push);
  let running: { readonly stopping: AbortController; readonly done: Promise<void> } | undefined;

  return {
    start() {
      if (running !== undefined) return;
      const stopping = new AbortController();
      running = { stopping, done: reader.run(stopping.signal) };
    },
    async stop() {
      const stopped = running;
      stopped?.stopping.abort();
      await stopped?.done;
      if (running === stopped) running = undefined;
    },
    get running() {
      return running !== undefined && !running.stopping.signal.aborted;
    },
    get stats() {
      return pump.stats;
    },
  };
}
