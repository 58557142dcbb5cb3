import type { _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { inputTemplate } from "@streamer/server";
import type { PipeDefinition } from "@streamer/server";
import { backoffMs } from "../bus/backoff.ts";
import type { EventBus } from "../bus/eventBus.ts";
import { compilePattern } from "../bus/eventPattern.ts";
import type { Logger } from "../bus/logger.ts";
import type { CheckpointStore } from "./checkpoints.ts";
import type { DeadLetterSink, PipeDeadLetter } from "./deadLetters.ts";
import { compileTemplate, InputTemplateError } from "./inputTemplate.ts";
import { isUnchanged, toPipeRecord } from "./pipeRecord.ts";
import type { PipeRecord } from "./pipeRecord.ts";
import type { OnRecords } from "./shardReader.ts";

/** A record on its way to the bus. */
export interface PipeItem {
  readonly shardId: string;
  readonly record: PipeRecord;
  readonly entry: PutEventsRequestEntry;
}
/** An item the bus did not take, and the error code it gave. */
export interface FailedItem {
  readonly item: PipeItem;
  readonly errorCode: string;
}
/** Puts items on the bus and tells which it did not take. Never rejects. */
export type Send = (items: readonly PipeItem[]) => Promise<readonly FailedItem[]>;
/** The seam for faults: is given each batch, up to the batch size, and may send its items late, twice, in another order, or not at all. */
export type Deliver = (items: readonly PipeItem[], send: Send) => Promise<readonly FailedItem[]>;

export interface PumpConfig {
  readonly definition: PipeDefinition;
  readonly streamArn: string;
  /** Default: none named, which means the default bus. */
  readonly busName?: string;
}

export interface PumpDeps {
  readonly bus: Pick<EventBus, "putEvents">;
  readonly checkpoints: CheckpointStore;
  readonly deadLetter: DeadLetterSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deliver?: Deliver;
  /** Told of what is read and changes nothing about it. Default: nobody. */
  readonly observer?: RecordObserver | undefined;
}

export interface RecordObserver {
  /** A record in which something has changed, before the filters. */
  onRead(record: PipeRecord): void;
  /** One that has passed them and goes to the bus. */
  onPassed(record: PipeRecord): void;
}

/** Counts since the start. */
export interface PipeStats {
  /** Records read. */
  readonly read: number;
  /** Left out because nothing had changed. */
  readonly unchanged: number;
  /** Left out by the filters. */
  readonly filtered: number;
  /** Taken by the bus. */
  readonly delivered: number;
  /** Sent once more after a failure. */
  readonly retried: number;
  readonly deadLettered: number;
}

export interface Pump {
  readonly push: OnRecords;
  readonly stats: PipeStats;
}

/** A Pipe takes no more filters. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html */
const MAX_FILTERS = 5;
const MAX_BATCH_SIZE = 10;

/**
 * Filters, transforms and delivers records, in batches and in order, and saves a checkpoint after each batch.
 *
 * @throws {RangeError} for more than 5 filters or a batch size other than 1 to 10. @throws {EventPatternError} for a filter Pipes does not take.
 * @throws {InputTemplateError} for a template Pipes does not take.
 */
export function createPump(config: PumpConfig, deps: PumpDeps): Pump {
  const { definition, streamArn, busName } = config;
  const { bus, checkpoints, clock, logger, observer, deliver = (items, sendItems) => sendItems(items) } = deps;
  const { batchSize, maximumRetryAttempts, maximumRecordAgeSeconds } = definition;
  if (definition.filters.length > MAX_FILTERS)
    throw new RangeError(`A Pipe takes at most ${MAX_FILTERS} filters, not ${definition.filters.length}.`);
  if (!(batchSize >= 1 && batchSize <= MAX_BATCH_SIZE))
    throw new RangeError(`A batch for a bus has 1 to ${MAX_BATCH_SIZE} records, not ${batchSize}.`);
  const filters = definition.filters.map((pattern) => compilePattern(pattern, { target: "pipe" }));
  const render = compileTemplate(inputTemplate(definition));
  const stats = { read: 0, unchanged: 0, filtered: 0, delivered: 0, retried: 0, deadLettered: 0 };

  async function bury(
    shardId: string,
    record: PipeRecord,
    letter: Pick<PipeDeadLetter, "reason" | "errorCode" | "attempts">,
  ): Promise<void> {
    const { SequenceNumber: sequenceNumber } = record.dynamodb;
    stats.deadLettered += 1;
    logger.error("The pipe gave up a record.", { streamArn, shardId, sequenceNumber, ...letter });
    await deps.deadLetter({ streamArn, shardId, sequenceNumber, time: new Date(clock.now()).toISOString(), ...letter });
  }

  /** Undefined for a record that goes no further. */
  async function toItem(shardId: string, record: PipeRecord): Promise<PipeItem | undefined> {
    stats.read += 1;
    if (isUnchanged(record)) return void (stats.unchanged += 1);
    observer?.onRead(record);
    if (filters.length > 0 && !filters.some((matches) => matches(record))) return void (stats.filtered += 1);
    try {
      const entry = {
        Source: definition.source,
        DetailType: definition.detailType,
        Detail: JSON.stringify(render(record)),
        EventBusName: busName,
      };
      observer?.onPassed(record);
      return { shardId, record, entry };
    } catch (error) {
      if (!(error instanceof InputTemplateError)) throw error;
      return await bury(shardId, record, { reason: "InputTemplateFailed", errorCode: error.name, attempts: 0 }).then(() => undefined);
    }
  }

  /** A call that is refused as a whole is halved, so that one bad record does not take its neighbours along (AUTOMATIC_BISECT). */
  const send: Send = async (items) => {
    try {
      const { entries } = await bus.putEvents(items.map((item) => item.entry));
      return items.flatMap((item, at) => {
        const result = entries[at];
        return result !== undefined && "errorCode" in result ? [{ item, errorCode: result.errorCode }] : [];
      });
    } catch (error) {
      const half = Math.ceil(items.length / 2);
      if (items.length > 1) return [...(await send(items.slice(0, half))), ...(await send(items.slice(half)))];
      return items.map((item) => ({ item, errorCode: error instanceof Error ? error.name : "Unknown" }));
    }
  };

  async function buryTooOld(items: readonly PipeItem[], attempts: number): Promise<readonly PipeItem[]> {
    const isTooOld = ({ record }: PipeItem): boolean =>
      maximumRecordAgeSeconds >= 0 && clock.now() / 1000 - record.dynamodb.ApproximateCreationDateTime > maximumRecordAgeSeconds;
    for (const { shardId, record } of items.filter(isTooOld)) await bury(shardId, record, { reason: "MaximumRecordAgeExceeded", attempts });
    return items.filter((item) => !isTooOld(item));
  }

  /** False when it was stopped between two attempts: the batch is then read again after the next start. */
  async function deliverBatch(batch: readonly PipeItem[], signal: AbortSignal): Promise<boolean> {
    let items = batch;
    for (let attempts = 1; ; attempts += 1) {
      items = await buryTooOld(items, attempts - 1);
      if (items.length === 0) return true;
      const failed = await deliver(items, send);
      stats.delivered += items.length - failed.length;
      if (failed.length === 0) return true;
      if (maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts) {
        for (const { item, errorCode } of failed)
          await bury(item.shardId, item.record, { reason: "RetryAttemptsExhausted", errorCode, attempts });
        return true;
      }
      logger.warn("The bus did not take all events of the pipe.", { failed: failed.length, attempts, errorCode: failed[0]?.errorCode });
      await sleep(clock, backoffMs(attempts), signal).catch(() => undefined);
      if (signal.aborted) return false;
      stats.retried += failed.length;
      items = failed.map(({ item }) => item);
    }
  }

  return {
    async push(shardId: string, records: readonly StreamRecord[], signal: AbortSignal) {
      let batch: PipeItem[] = [];
      for (const [at, raw] of records.entries()) {
        const record = toPipeRecord(raw, streamArn);
        const item = await toItem(shardId, record);
        if (item !== undefined) batch.push(item);
        if (batch.length < batchSize && at < records.length - 1) continue;
        if (batch.length > 0 && !(await deliverBatch(batch, signal))) return;
        await checkpoints.save(streamArn, shardId, { sequenceNumber: record.dynamodb.SequenceNumber });
        if (signal.aborted) return;
        batch = [];
      }
    },
    get stats() {
      return { ...stats };
    },
  };
}
