import { encodeFrame } from "../encodeFrame.ts";
import type { AnyStreamerError, Clock, Timer } from "@streamer/protocol";
import { RESEND_BACKOFF, backoffMs } from "../backoff.ts";
import { retryAfterMs } from "../retryAfter.ts";
import { jwtExpiryMs } from "./jwtExpiry.ts";
import { ANSWER_TIMEOUT_MS } from "./socketLink.ts";

/** How long before its token expires a connection gets another; half of what is left, for tokens that live shorter. */
export const RENEWAL_LEAD_MS = 60_000;
/** Never more often than this, whatever the token function gives. */
export const MIN_RENEWAL_DELAY_MS = 5_000;

export interface RenewalDeps {
  readonly token: () => string | Promise<string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly send: (text: string) => void;
  /** The server does not take the fresh token. */
  readonly onRefused: (error: AnyStreamerError) => void;
}

/**
 * Gives a connection a fresh token before its own expires. A token that does not say when it expires is not renewed, nor one that seems to
 * have expired although the server has just taken it: then this machine's clock is wrong.
 */
export class TokenRenewal {
  readonly #deps: RenewalDeps;
  #token: string;
  /** The one that was sent and is not answered yet. */
  #offered: string | undefined;
  #expiresAtMs = 0;
  #failures = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(token: string, deps: RenewalDeps) {
    this.#token = token;
    this.#deps = deps;
    this.#plan(jwtExpiryMs(token));
  }

  /** The server has taken the fresh token. */
  onAuthenticated(expiresAtSeconds: number): void {
    if (this.#offered === undefined) return;
    this.#token = this.#offered;
    this.#failures = 0;
    this.#plan(expiresAtSeconds * 1000);
  }

  /** An error that names no request. @returns whether it is the answer to the fresh token. */
  onError(error: AnyStreamerError): boolean {
    if (this.#offered === undefined) return false;
    if (error.retryable) this.#later(retryAfterMs(error));
    else {
      this.stop();
      this.#deps.onRefused(error);
    }
    return true;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #plan(expiresAtMs: number | undefined): void {
    this.#offered = undefined;
    this.#timer?.cancel();
    if (expiresAtMs === undefined) return;
    this.#expiresAtMs = expiresAtMs;
    const leftMs = expiresAtMs - this.#deps.clock.now();
    // Before it expires by the lead, and a part of it earlier, so that clients which began together do not come together.
    const leadMs = Math.min(RENEWAL_LEAD_MS, leftMs / 2) * (1 + this.#deps.random() / 2);
    if (leftMs > 0) this.#at(this.#deps.clock.now() + Math.max(MIN_RENEWAL_DELAY_MS, leftMs - leadMs));
  }

  /** A timer may fire early, when it is weeks away: timers of browsers and Node end at 2^31 ms. */
  #at(dueMs: number): void {
    const { clock } = this.#deps;
    this.#timer?.cancel();
    this.#timer = clock.after(dueMs - clock.now(), () => {
      if (clock.now() < dueMs) this.#at(dueMs);
      else void this.#renew();
    });
  }

  #later(atLeastMs: number): void {
    const { clock, random } = this.#deps;
    this.#offered = undefined;
    const delayMs = Math.max(atLeastMs, MIN_RENEWAL_DELAY_MS, backoffMs(RESEND_BACKOFF, this.#failures, random));
    this.#failures += 1;
    // Requests are refused from then on, which tells more than this could.
    if (clock.now() + delayMs < this.#expiresAtMs) this.#at(clock.now() + delayMs);
    else this.#timer?.cancel();
  }

  /** Never throws. */
  async #renew(): Promise<void> {
    const { token, clock, send } = this.#deps;
    try {
      const fresh = await token();
      if (this.#stopped) return;
      // A cache that gives the old one again: later, perhaps.
      if (fresh === this.#token) return this.#later(0);
      const frame = encodeFrame({ type: "authenticate", token: fresh });
      this.#offered = fresh;
      this.#timer = clock.after(ANSWER_TIMEOUT_MS, () => this.#later(0));
      send(frame);
    } catch {
      if (!this.#stopped) this.#later(0);
    }
  }
}
