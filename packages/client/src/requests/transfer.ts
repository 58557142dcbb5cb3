import type { Clock } from "@streamer/protocol";
import { RESEND_BACKOFF, backoffMs } from "../backoff.ts";
import type { FetchLike } from "../types.ts";

/** A transfer that takes longer is given up and tried again. */
export const TRANSFER_TIMEOUT_MS = 5 * 60 * 1000;
/** How often a transfer is tried again before the client gives up. */
export const MAX_TRANSFER_RETRIES = 5;

export interface TransferDeps {
  readonly fetch: FetchLike;
  readonly clock: Clock;
  readonly random: () => number;
}

/** None of these is called once the transfer has been stopped. */
export interface TransferEvents {
  /** An answer of success came, and this is its text. Says whether it is as it should be. */
  readonly take: (text: string) => boolean;
  /** It failed, and the delay before the next try is over. */
  readonly again: () => void;
  /** It failed, and will not be tried again. */
  readonly giveUp: () => void;
}

/** HTTP transfers for one purpose, one at a time, each tried again after a delay that grows with the failures. */
export class Transfer {
  readonly #deps: TransferDeps;
  #busy = false;
  #failures = 0;
  #stop = (): void => {};

  constructor(deps: TransferDeps) {
    this.#deps = deps;
  }

  /** Whether a transfer is under way: not while one waits to be tried again. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Tries once. What exactly failed is not told: by whichever way, it is tried again, and errors of `fetch` may name the URL, which is a
   * permission.
   */
  async run(url: string, init: Omit<Parameters<FetchLike>[1], "signal">, { take, again, giveUp }: TransferEvents): Promise<void> {
    const { fetch, clock, random } = this.#deps;
    this.#stop();
    const abort = new AbortController();
    let timer = clock.after(TRANSFER_TIMEOUT_MS, () => abort.abort());
    let stopped = false;
    this.#busy = true;
    this.#stop = () => {
      stopped = true;
      this.#busy = false;
      timer.cancel();
      abort.abort();
    };
    let text: string | undefined;
    try {
      const response = await fetch(url, { ...init, signal: abort.signal });
      const body = await response.text();
      if (response.ok) text = body;
    } catch {
      // No answer: a failure like any other.
    }
    if (stopped) return;
    this.#busy = false;
    timer.cancel();
    if (text !== undefined && take(text)) return;
    this.#failures += 1;
    if (this.#failures > MAX_TRANSFER_RETRIES) giveUp();
    else timer = clock.after(backoffMs(RESEND_BACKOFF, this.#failures - 1, random), again);
  }

  /** Ends what is under way, and forgets what failed. */
  stop(): void {
    this.#stop();
    this.#failures = 0;
  }
}
