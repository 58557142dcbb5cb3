import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { createOnce } from "../processor/once.ts";
import type { Once } from "../processor/once.ts";
import { createStepStore } from "../processor/stepStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { stepPartition } from "../table/keys.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";
import { createRawTable } from "./rawTable.ts";
import type { RawItem } from "./rawTable.ts";
import { createRecordedLogger } from "./recordedLogger.ts";
import type { RecordedLogger } from "./recordedLogger.ts";

/** How long an attempt of the harness may run. */
export const ATTEMPT_MS = 60_000;

export interface OnceAttempt {
  readonly once: Once;
  readonly abort: AbortController;
  readonly mayRunUntil: number;
}

/** Attempts of requests on a real table, as their workers have them. */
export interface OnceHarness {
  readonly clock: FakeClock;
  readonly log: RecordedLogger;
  /** An attempt that begins now. A worker is a process: attempts share nothing but the table. */
  readonly attempt: (request: StoredRequest, number?: number) => OnceAttempt;
  /** What the table holds of a step. */
  readonly item: (request: RequestRef, name: string) => Promise<RawItem | undefined>;
}

export function createOnceHarness(table: TableConfig): OnceHarness {
  const clock = createFakeClock();
  const log = createRecordedLogger();
  return {
    clock,
    log,
    attempt(request, number = 1) {
      const abort = new AbortController();
      const mayRunUntil = clock.now() + ATTEMPT_MS;
      const options = { signal: abort.signal, mayRunUntil };
      const once = createOnce({ ...request, attempt: number }, options, {
        steps: createStepStore(table, clock),
        clock,
        logger: log.logger,
      });
      return { once, abort, mayRunUntil };
    },
    item: (request, name) => createRawTable(table).item(stepPartition(request), `step#${name}`),
  };
}

/** A service outside: writes down the keys it was called with, and gives a number that grows. */
export function createService() {
  const keys: string[] = [];
  return { keys, call: async (key: string) => ({ receipt: keys.push(key) }) };
}

/** A service that answers when it is told to, and says when it was asked. */
export function createSlowService() {
  const asked = Promise.withResolvers<string>();
  const answer = Promise.withResolvers<unknown>();
  return {
    asked: asked.promise,
    answer,
    call: (key: string) => {
      asked.resolve(key);
      return answer.promise;
    },
  };
}
