import type { Clock, Timer } from "@streamer/protocol";
import { RECONNECT_BACKOFF, backoffMs } from "../backoff.ts";
import type { Line } from "./line.ts";
import { ANSWER_TIMEOUT_MS } from "./socketLink.ts";

export interface RolloverConfig {
  /** How old a line becomes before another takes its place; ±5 %, so that clients which connected together do not come together. */
  readonly rolloverAfterMs: number;
}

export interface RolloverDeps {
  readonly clock: Clock;
  readonly random: () => number;
}

export interface RolloverEvents {
  readonly dial: () => Line;
  readonly isNeeded: (line: Line) => boolean;
  readonly onGone: (line: Line) => void;
}

/** The other line beside the one in use: the one that will follow it, or the one before it that still owes answers. */
export class Rollover {
  readonly #config: RolloverConfig;
  readonly #deps: RolloverDeps;
  readonly #events: RolloverEvents;
  readonly #closing = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #failures = 0;
  #successor: Line | undefined;
  #leaving: Line | undefined;
  #leaveLimit: Timer | undefined;

  constructor(config: RolloverConfig, deps: RolloverDeps, events: RolloverEvents) {
    this.#config = config;
    this.#deps = deps;
    this.#events = events;
  }

  isSuccessor(line: Line): boolean {
    return line === this.#successor;
  }

  /** The line in use is new. */
  plan(): void {
    this.#dialAfter(this.#config.rolloverAfterMs * (0.95 + this.#deps.random() / 10));
  }

  /** The line in use is old. */
  planSoon(): void {
    this.#dialAfter(backoffMs(RECONNECT_BACKOFF, this.#failures, this.#deps.random));
    this.#failures += 1;
  }

  /** The successor is in use; this line may go when nothing is expected from it. What has no answer after 30 s will have none. */
  leave(line: Line): void {
    this.#successor = undefined;
    this.#failures = 0;
    this.#letGo();
    this.#leaving = line;
    this.#leaveLimit = this.#deps.clock.after(ANSWER_TIMEOUT_MS, () => this.#letGo());
  }

  settleLeaving(): void {
    if (this.#leaving !== undefined && !this.#events.isNeeded(this.#leaving)) this.#letGo();
  }

  /** A line that is not the one in use has ended by itself. */
  onEnd(line: Line): void {
    if (line === this.#leaving) {
      this.#forgetLeaving();
      this.#events.onGone(line);
    } else if (line === this.#successor) {
      this.#successor = undefined;
      // The line in use has some minutes left; when it is cut first, that is a loss like any other.
      this.planSoon();
    }
  }

  /** The line in use has ended: the one before it, when that is still open. */
  heir(): Line | undefined {
    const line = this.#leaving;
    this.#forgetLeaving();
    return line;
  }

  /** There is no line in use any more, so none beside it either. */
  stop(): void {
    this.#timer?.cancel();
    this.#successor?.drop();
    this.#successor = undefined;
    this.#leaving?.drop();
    this.#forgetLeaving();
  }

  /** Closes the line before. Resolves when all that were let go are closed. */
  async letGo(): Promise<void> {
    this.#letGo();
    await Promise.all(this.#closing);
  }

  #dialAfter(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#successor = this.#events.dial();
    });
  }

  #letGo(): void {
    const line = this.#leaving;
    if (line === undefined) return;
    this.#forgetLeaving();
    const closing = line.close();
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
    this.#events.onGone(line);
  }

  #forgetLeaving(): void {
    this.#leaveLimit?.cancel();
    this.#leaveLimit = undefined;
    this.#leaving = undefined;
  }
}
