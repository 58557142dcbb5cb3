import type { RequestRef } from "@streamer/server";
import type { ConsoleEvent, RequestRow } from "../contract.ts";

/** Read together; what is more waits for the next time. */
const MAX_TOGETHER = 20;

export interface ProgressRowsDeps {
  readonly rowOf: (ref: RequestRef) => Promise<RequestRow | undefined>;
  readonly publish: (event: ConsoleEvent) => void;
}

/**
 * Rows of requests that made progress: a worker stores its updates as they come, and saves the progress in the request, whose changes the
 * stack tells, every ten seconds only.
 */
export interface ProgressRows {
  /** To be told of every event, in order. */
  see(event: ConsoleEvent): void;
  /** Reads and tells what made progress since, unless that is under way. */
  refresh(): void;
  /** Resolves when nothing is read any more. */
  idle(): Promise<void>;
}

export function createProgressRows({ rowOf, publish }: ProgressRowsDeps): ProgressRows {
  const moved = new Map<string, RequestRef>();
  /** What is being read, until somebody tells of it: what is read may be older than what was told. */
  const reading = new Set<string>();
  let running: Promise<void> | undefined;

  const readOne = async (key: string, ref: RequestRef): Promise<void> => {
    // A table that does not answer now is asked again at the next progress.
    const row = await rowOf(ref).catch(() => undefined);
    if (reading.delete(key) && row !== undefined) publish({ type: "request", row });
  };

  return {
    see(event) {
      if (event.type === "request") {
        const key = keyOf(event.row);
        moved.delete(key);
        reading.delete(key);
      }
      if (event.type !== "hop" || event.hop.hop !== "update") return;
      const { tenantId, requestId } = event.hop;
      if (tenantId !== undefined) moved.set(keyOf({ tenantId, requestId }), { tenantId, requestId });
    },
    refresh() {
      if (running !== undefined || moved.size === 0) return;
      const some = [...moved].slice(0, MAX_TOGETHER);
      for (const [key] of some) {
        moved.delete(key);
        reading.add(key);
      }
      running = Promise.all(some.map(([key, ref]) => readOne(key, ref))).then(() => (running = undefined));
    },
    async idle() {
      moved.clear();
      await running;
    },
  };
}

function keyOf({ tenantId, requestId }: RequestRef): string {
  return `${tenantId}/${requestId}`;
}
