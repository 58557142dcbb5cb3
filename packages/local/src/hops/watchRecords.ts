import { isTerminal } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { RequestRow } from "../console/contract.ts";
import type { PipeRecord } from "../pipe/pipeRecord.ts";
import type { RecordObserver } from "../pipe/pump.ts";
import type { FactsStore } from "./facts.ts";
import { readRequest, readUpdate } from "./requestImage.ts";
import type { Hops } from "./types.ts";

export interface WatchDeps {
  readonly hops: Hops;
  readonly facts: FactsStore;
  readonly clock: Clock;
}

/** What the table's stream tells of requests: their acceptance, their changes, their updates, their end. */
export function watchRecords({ hops, facts, clock }: WatchDeps): RecordObserver {
  const onStatus = (row: RequestRow, before: RequestRow | undefined): void => {
    const known = facts.of(row);
    const seen = `${row.status} ${row.attempt} ${before?.status ?? ""}`;
    // Read a second time, as after a restart of the pipe.
    if (known.status === seen) return;
    Object.assign(known, { action: row.action, userId: row.userId, status: seen, attempt: row.attempt, createdAt: row.createdAt });
    const ended = isTerminal(row.status);
    const at = before === undefined ? row.createdAt : ended ? row.endedAt : undefined;
    hops.record({
      ...named(row),
      hop: "table",
      what: before === undefined ? "put" : `${before.status} → ${row.status}`,
      at,
      ...(before === undefined && known.framedAt !== undefined ? { latencyMs: row.createdAt - known.framedAt } : {}),
    });
    if (before === undefined) hops.submitted();
    const durationMs = ended && row.endedAt !== undefined ? row.endedAt - row.createdAt : undefined;
    if (ended) {
      hops.record({ ...named(row), hop: "end", what: row.status, at, durationMs, latencyMs: durationMs, trouble: row.errorCode });
      known.endedAt = row.endedAt;
      // The message is sent before the stream has told of the end.
      if (known.outcomePostedAt !== undefined && row.endedAt !== undefined) hops.measured("post", known.outcomePostedAt - row.endedAt);
    } else {
      known.endedAt = undefined;
      known.outcomePostedAt = undefined;
    }
    if (before === undefined || row.status === "processing") return;
    hops.change({
      tenantId: row.tenantId,
      requestId: row.requestId,
      at: at ?? clock.now(),
      action: row.action,
      userId: row.userId,
      status: row.status,
      attempts: row.attempt,
      durationMs,
      code: row.errorCode,
    });
  };

  const onUpdate = (record: PipeRecord): void => {
    const update = readUpdate(record.dynamodb.NewImage);
    if (update === undefined) return;
    const known = facts.of(update);
    const latencyMs = known.workedSince === undefined ? undefined : clock.now() - known.workedSince;
    known.workedSince = undefined;
    hops.record({ ...update, action: known.action, hop: "update", latencyMs });
  };

  return {
    onRead(record) {
      const row = readRequest(record.dynamodb.NewImage);
      if (row === undefined) return onUpdate(record);
      const before = readRequest(record.dynamodb.OldImage);
      facts.of(row).readAt = clock.now();
      if (before?.status !== row.status || before.attempt !== row.attempt) onStatus(row, before);
      hops.tell({ type: "request", row });
    },
    onPassed(record) {
      const row = readRequest(record.dynamodb.NewImage);
      if (row === undefined) return;
      const changedAt = isTerminal(row.status) ? row.endedAt : row.attempt === 0 ? row.createdAt : undefined;
      const latencyMs = changedAt === undefined ? undefined : clock.now() - changedAt;
      hops.record({ ...named(row), hop: "pipe", what: `record: ${row.status}`, latencyMs });
    },
  };
}

function named({ tenantId, requestId, action, attempt }: RequestRow) {
  return { tenantId, requestId, action, ...(attempt === 0 ? {} : { attempt }) };
}
