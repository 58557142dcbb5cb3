import { DescribeStreamCommand } from "@aws-sdk/client-dynamodb-streams";
import type { Shard } from "@aws-sdk/client-dynamodb-streams";
import { sleep } from "@streamer/protocol";
import { readShard } from "./shardReader.ts";
import type { OnRecords, ReaderDeps, StreamSource } from "./shardReader.ts";

export interface StreamReader {
  /** Reads all shards until the signal is aborted, and resolves when nothing is left running. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** How often new shards are looked for, besides whenever one ends. */
const DISCOVERY_INTERVAL_MS = 10_000;
/** While no shard is known, as just after the stream was enabled, or the engine does not answer. */
const EAGER_DISCOVERY_INTERVAL_MS = 500;

/** Reads a DynamoDB stream, each shard on its own and none before its parent has ended: so the changes of one item keep their order. */
export function createStreamReader(source: StreamSource, deps: ReaderDeps, onRecords: OnRecords): StreamReader {
  const { streamArn } = source;
  const { streams, checkpoints, clock, logger } = deps;

  async function listShards(signal: AbortSignal): Promise<Shard[]> {
    const shards: Shard[] = [];
    let lastShardId: string | undefined;
    do {
      const page = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: lastShardId }), {
        abortSignal: signal,
      });
      shards.push(...(page.StreamDescription?.Shards ?? []));
      lastShardId = page.StreamDescription?.LastEvaluatedShardId;
    } while (lastShardId !== undefined);
    return shards;
  }

  return {
    async run(signal) {
      const reading = new Map<string, Promise<void>>();
      const ended = new Set<string>();
      let wake = new AbortController();

      async function read(shardId: string): Promise<void> {
        try {
          if (await readShard(source, shardId, deps, onRecords, signal)) ended.add(shardId);
        } catch (error) {
          // Discovery starts it again: a shard is not given up.
          logger.error("Reading a shard broke off.", { streamArn, shardId, error: error instanceof Error ? error.name : typeof error });
        }
        reading.delete(shardId);
        if (ended.has(shardId)) wake.abort();
      }

      async function startReadable(): Promise<void> {
        const shards = await listShards(signal);
        const ids = shards.flatMap(({ ShardId: id }) => id ?? []);
        for (const id of ids) if ((await checkpoints.load(streamArn, id))?.ended === true) ended.add(id);
        for (const { ShardId: id, ParentShardId: parent } of shards) {
          if (id === undefined || ended.has(id) || reading.has(id)) continue;
          // A parent that is no longer listed was trimmed: nothing is left to wait for.
          if (parent !== undefined && ids.includes(parent) && !ended.has(parent)) continue;
          reading.set(id, read(id));
        }
      }

      while (!signal.aborted) {
        wake = new AbortController();
        try {
          await startReadable();
        } catch (error) {
          if (!signal.aborted)
            logger.warn("The stream could not be described.", { streamArn, error: error instanceof Error ? error.name : typeof error });
        }
        const delayMs = reading.size === 0 ? EAGER_DISCOVERY_INTERVAL_MS : DISCOVERY_INTERVAL_MS;
        await sleep(clock, delayMs, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
      }
      await Promise.all(reading.values());
    },
  };
}
