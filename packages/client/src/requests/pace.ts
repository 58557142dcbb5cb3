import type { Clock, Timer } from "@streamer/protocol";
import { RESEND_BACKOFF } from "../backoff.ts";
import type { Transport } from "./outbox.ts";

export interface PaceDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  /** Frames may be sent again. */
  readonly onResume: () => void;
}

/** The transport, but for the time in which the server asked to be left alone. */
export class Pace implements Transport {
  readonly #deps: PaceDeps;
  #until = 0;
  #timer: Timer | undefined;

  constructor(deps: PaceDeps) {
    this.#deps = deps;
  }

  isOpen(): boolean {
    return this.#deps.transport.isOpen();
  }

  get line(): number | undefined {
    return this.#timer === undefined ? this.#deps.transport.line : undefined;
  }

  send(text: string): void {
    this.#deps.transport.send(text);
  }

  /** Sends nothing for this long, and up to a second more: the clients of a tenant are limited together and should not come back together. */
  pause(ms: number): void {
    const { clock, random, onResume } = this.#deps;
    const until = clock.monotonic() + ms + random() * RESEND_BACKOFF.baseMs;
    // Of many refusals at once the longest counts.
    if (this.#timer !== undefined && until <= this.#until) return;
    this.#until = until;
    this.#timer?.cancel();
    this.#timer = clock.after(until - clock.monotonic(), () => {
      this.#timer = undefined;
      onResume();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
