import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from "@aws-sdk/client-dynamodb-streams";
import type { _Record as StreamRecord, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { backoffMs } from "../bus/backoff.ts";
import type { Logger } from "../bus/logger.ts";
import { isAfter } from "./checkpoints.ts";
import type { CheckpointStore } from "./checkpoints.ts";

export interface Polling {
  /** Wait after a read that did not fill a page. Default 20 ms; AWS reads each shard about 4 times a second. */
  readonly intervalMs?: number;
  /** The wait doubles after every 25 empty reads in a row, up to this. Default 100 ms. */
  readonly maxIdleIntervalMs?: number;
}

export interface StreamSource {
  readonly streamArn: string;
  readonly polling?: Polling;
}

export interface ReaderDeps {
  readonly streams: DynamoDBStreamsClient;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Takes records of one shard in their order and saves the checkpoint of what it has done with them. When the signal is aborted it may
 * return early; when it rejects, the records are read again.
 */
export type OnRecords = (shardId: string, records: readonly StreamRecord[], signal: AbortSignal) => Promise<void>;

/** Records of one read, when the shard has as many. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const PAGE_RECORDS = 1_000;
const DEFAULT_INTERVAL_MS = 20;
const DEFAULT_MAX_IDLE_INTERVAL_MS = 100;
const EMPTY_READS_BEFORE_SLOWER = 25;
const MAX_RETRY_DELAY_MS = 5_000;

/**
 * Reads one shard from its checkpoint, or else from its oldest record, until it ends or the signal is aborted. Only a missing next
 * iterator ends a shard. Errors are logged and tried again, at most every 5 seconds.
 *
 * @returns true when the shard has ended.
 */
export async function readShard(
  source: StreamSource,
  shardId: string,
  deps: ReaderDeps,
  onRecords: OnRecords,
  signal: AbortSignal,
): Promise<boolean> {
  const { streamArn, polling = {} } = source;
  const { streams, checkpoints, clock, logger } = deps;
  let position = (await checkpoints.load(streamArn, shardId))?.sequenceNumber;
  let iterator: string | undefined;
  let emptyReads = 0;
  let failures = 0;

  async function openIterator(): Promise<string> {
    const start =
      position === undefined
        ? ({ ShardIteratorType: "TRIM_HORIZON" } as const)
        : ({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position } as const);
    const opened = await streams.send(new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start }), {
      abortSignal: signal,
    });
    if (opened.ShardIterator === undefined) throw new Error(`The engine gave no iterator for shard ${shardId}.`);
    return opened.ShardIterator;
  }

  /** Resolves to how long to wait before the next read, or to "ended". */
  async function readPage(): Promise<number | "ended"> {
    iterator ??= await openIterator();
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE_RECORDS }), { abortSignal: signal });
    const read = page.Records?.length ?? 0;
    // An engine may repeat the record at the checkpoint.
    const records = page.Records?.filter((record) => isAfter(sequenceOf(record), position)) ?? [];
    if (records.length > 0) {
      await onRecords(shardId, records, signal);
      if (signal.aborted) return 0;
      position = sequenceOf(records.at(-1)) || position;
    }
    iterator = page.NextShardIterator;
    if (iterator === undefined) {
      await checkpoints.save(streamArn, shardId, { ...(position === undefined ? {} : { sequenceNumber: position }), ended: true });
      return "ended";
    }
    emptyReads = read === 0 ? emptyReads + 1 : 0;
    return read >= PAGE_RECORDS ? 0 : idleDelayMs(polling, emptyReads);
  }

  /** Resolves to how long to wait before trying again. */
  function recover(error: unknown): number {
    iterator = undefined;
    if (error instanceof ExpiredIteratorException) return 0;
    failures += 1;
    if (error instanceof TrimmedDataAccessException) {
      logger.warn("Stream records were trimmed before they were read.", { streamArn, shardId, position });
      position = undefined;
    } else {
      logger.warn("A shard could not be read.", {
        streamArn,
        shardId,
        failures,
        error: error instanceof Error ? error.name : typeof error,
      });
    }
    return backoffMs(failures, { maxDelayMs: MAX_RETRY_DELAY_MS });
  }

  while (!signal.aborted) {
    let delayMs: number;
    try {
      const next = await readPage();
      if (next === "ended") return true;
      delayMs = next;
      failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      delayMs = recover(error);
    }
    if (delayMs > 0) await sleep(clock, delayMs, signal).catch(() => undefined);
  }
  return false;
}

function idleDelayMs(polling: Polling, emptyReads: number): number {
  const { intervalMs = DEFAULT_INTERVAL_MS, maxIdleIntervalMs = DEFAULT_MAX_IDLE_INTERVAL_MS } = polling;
  return Math.min(Math.max(intervalMs, maxIdleIntervalMs), intervalMs * 2 ** Math.floor(emptyReads / EMPTY_READS_BEFORE_SLOWER));
}

export function sequenceOf(record: StreamRecord | undefined): string {
  return record?.dynamodb?.SequenceNumber ?? "";
}
