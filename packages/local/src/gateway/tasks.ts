import { systemClock } from "@streamer/protocol";
import type { GatewayLogger } from "./types.ts";

/** Work that was begun by an event of a socket, so that nobody awaits it, until it is done. */
export interface Tasks {
  /** Follows the work to its end; a rejection is a defect of ours, and logged. */
  add(work: Promise<unknown>): void;
  /** Resolves when nothing is running. */
  idle(): Promise<void>;
}

export function createTasks(logger: GatewayLogger): Tasks {
  const running = new Set<Promise<void>>();

  const follow = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      logger.error("The local gateway failed", { error: errorName(error) });
    }
  };

  return {
    add(work) {
      const task: Promise<void> = follow(work).finally(() => running.delete(task));
      running.add(task);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** What of an error may be logged: its text can carry what a client sent. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/**
 * Whether `work` was done within `ms`. By the system's clock, as it bounds a shutdown: with a fake clock that nobody moves any more it
 * would never end.
 */
export async function doneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = systemClock.after(ms, () => late.resolve(false));
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    timer.cancel();
  }
}
