import { IDLE_TIMEOUT_MS, INTEGRATION_TIMEOUT_MS } from "@streamer/protocol";
import type { Clock, Timer } from "@streamer/protocol";
import { deferred } from "../deferred.ts";
import { encodeFrame } from "../encodeFrame.ts";
import type { WebSocketLike } from "../types.ts";

/** The platform closes after `IDLE_TIMEOUT_MS` without a frame; half of it leaves room for timers that browsers delay. */
export const KEEP_ALIVE_MS = IDLE_TIMEOUT_MS / 2;
/** How long an opening, or the answer to a ping, may take: a little over what the platform gives the server. */
export const ANSWER_TIMEOUT_MS = INTEGRATION_TIMEOUT_MS + 1_000;
/** How long the closing handshake may take before the socket is left to itself. */
export const CLOSE_TIMEOUT_MS = 5_000;

const CLOSE_NORMAL = 1000;
/** What the standard reports for a socket that broke; used for one that stopped answering, too. */
const CLOSE_ABNORMAL = 1006;

export interface LinkEnd {
  readonly code: number;
  /** Whether it had been open. */
  readonly opened: boolean;
  /** How long it was open. */
  readonly openMs: number;
}

export interface LinkEvents {
  onOpen(): void;
  onText(text: string): void;
  /** Once; nothing follows. */
  onEnd(end: LinkEnd): void;
}

/** The life of one socket: its opening within a time, pings in silence, its end, told exactly once. */
export class SocketLink {
  readonly #socket: WebSocketLike;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  readonly #ended = deferred<void>();
  #openedAtMs: number | undefined;
  #lastReceivedAtMs = 0;
  #received = 0;
  #timer: Timer;
  #done = false;

  constructor(socket: WebSocketLike, clock: Clock, events: LinkEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
    this.#timer = clock.after(ANSWER_TIMEOUT_MS, () => this.abandon());
    socket.addEventListener("open", () => this.#onOpen());
    socket.addEventListener("message", ({ data }) => this.#onData(data));
    socket.addEventListener("close", ({ code }) => this.#end(code));
    // The close event that follows says all there is to know; without a listener some sockets throw.
    socket.addEventListener("error", () => {});
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** Closes with 1000; resolves when the other side has agreed, or did not within 5 seconds. */
  async close(): Promise<void> {
    if (this.#done) return;
    this.#timer.cancel();
    this.#timer = this.#clock.after(CLOSE_TIMEOUT_MS, () => this.#end(CLOSE_ABNORMAL));
    this.#socket.close(CLOSE_NORMAL);
    await this.#ended.promise;
  }

  #onOpen(): void {
    if (this.#done) return;
    this.#openedAtMs = this.#clock.monotonic();
    this.#lastReceivedAtMs = this.#openedAtMs;
    this.#timer.cancel();
    this.#watchSilence(KEEP_ALIVE_MS);
    this.#events.onOpen();
  }

  #onData(data: unknown): void {
    if (this.#done) return;
    this.#lastReceivedAtMs = this.#clock.monotonic();
    this.#received += 1;
    // Binary messages are not part of the protocol.
    if (typeof data === "string") this.#events.onText(data);
  }

  /**
   * Silence is counted from the last frame received: the ping keeps the platform from closing, and its answer shows that the other
   * side is still there. One timer looks back when it fires, instead of being set anew at each frame.
   */
  #watchSilence(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      const silentMs = this.#clock.monotonic() - this.#lastReceivedAtMs;
      if (silentMs < KEEP_ALIVE_MS) this.#watchSilence(KEEP_ALIVE_MS - silentMs);
      else this.#ping();
    });
  }

  #ping(): void {
    const receivedBefore = this.#received;
    this.send(encodeFrame({ type: "ping" }));
    this.#timer = this.#clock.after(ANSWER_TIMEOUT_MS, () => {
      if (this.#received > receivedBefore) this.#watchSilence(0);
      else this.abandon();
    });
  }

  /** Ends it at once: where the other side is not there any more, its part of the closing handshake would be waited for minutes. */
  abandon(): void {
    if (this.#done) return;
    this.#socket.close();
    this.#end(CLOSE_ABNORMAL);
  }

  #end(code: number): void {
    if (this.#done) return;
    this.#done = true;
    this.#timer.cancel();
    const opened = this.#openedAtMs !== undefined;
    const openMs = this.#openedAtMs === undefined ? 0 : this.#clock.monotonic() - this.#openedAtMs;
    this.#ended.resolve();
    this.#events.onEnd({ code, opened, openMs });
  }
}
