import type { Clock } from "@streamer/protocol";
import type { OnRunning } from "../lambda/pool.ts";

/** What has become of a function's invocations since the stack started. Times in ms since 1970. */
export interface InvocationRecord {
  readonly invocations: number;
  readonly failures: number;
  readonly lastStartedAt: number | undefined;
  /** When one last ended well. */
  readonly lastSucceededAt: number | undefined;
  readonly lastFailedAt: number | undefined;
  /** Name of the last error: its message may hold what a client sent. */
  readonly lastError: string | undefined;
}

export interface Invocations {
  readonly invoke: (name: string, event: unknown, onRunning?: OnRunning) => Promise<unknown>;
  /** Of a function that has not been invoked yet: zeros. */
  readonly recordOf: (name: string) => InvocationRecord;
}

const NONE: InvocationRecord = {
  invocations: 0,
  failures: 0,
  lastStartedAt: undefined,
  lastSucceededAt: undefined,
  lastFailedAt: undefined,
  lastError: undefined,
};

/** Keeps count of invocations, and changes nothing about them. */
export function createInvocations(invoke: Invocations["invoke"], clock: Clock): Invocations {
  const records = new Map<string, InvocationRecord>();
  const recordOf = (name: string): InvocationRecord => records.get(name) ?? NONE;
  const note = (name: string, change: (record: InvocationRecord) => Partial<InvocationRecord>): void => {
    const record = recordOf(name);
    records.set(name, { ...record, ...change(record) });
  };
  return {
    recordOf,
    async invoke(name, event, onRunning) {
      note(name, ({ invocations }) => ({ invocations: invocations + 1, lastStartedAt: clock.now() }));
      try {
        const result = await invoke(name, event, onRunning);
        note(name, () => ({ lastSucceededAt: clock.now() }));
        return result;
      } catch (error) {
        const lastError = error instanceof Error ? error.name : typeof error;
        note(name, ({ failures }) => ({ failures: failures + 1, lastFailedAt: clock.now(), lastError }));
        throw error;
      }
    },
  };
}
