import type { Clock, Timer } from "@streamer/protocol";
import { RESEND_BACKOFF, backoffMs } from "../backoff.ts";

/** What is sent about a request. */
export type FrameKind = "request" | "upload" | "subscribe" | "cancel";

export interface OutgoingFrame<Kind extends string = FrameKind> {
  readonly kind: Kind;
  readonly text: string;
}

/** Where frames go. */
export interface Transport {
  isOpen(): boolean;
  /** The number of the line that frames are sent on now; `undefined` while none may be sent. */
  readonly line: number | undefined;
  send(text: string): void;
}

export interface OutboxDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Sends what a request, or a topic's subscription, wants sent, one frame at a time: the server handles frames of one connection
 * concurrently, and its error answers name the request, or topic, but not the frame. One frame in flight gives both order and meaning.
 */
export class Outbox<Kind extends string = FrameKind> {
  readonly #next: (line: number) => OutgoingFrame<Kind> | undefined;
  readonly #deps: OutboxDeps;
  #inFlight: Kind | undefined;
  #line: number | undefined;
  #resendTimer: Timer | undefined;
  #resends = 0;

  /** `next` says what is wanted now, on this line; it is asked whenever the way is free. */
  constructor(next: (line: number) => OutgoingFrame<Kind> | undefined, deps: OutboxDeps) {
    this.#next = next;
    this.#deps = deps;
  }

  /** The frame that waits for its answer, or for being sent again. */
  get inFlight(): Kind | undefined {
    return this.#inFlight;
  }

  /** The line the frame in flight was sent on. */
  get line(): number | undefined {
    return this.#line;
  }

  /** How often the frame in flight has been sent again on account of the server's failures. */
  get resends(): number {
    return this.#resends;
  }

  /** Sends the next frame when the connection is open and none is in flight. */
  pump(): void {
    const { transport } = this.#deps;
    const { line } = transport;
    if (this.#inFlight !== undefined || line === undefined) return;
    const frame = this.#next(line);
    if (frame === undefined) return;
    this.#inFlight = frame.kind;
    this.#line = line;
    transport.send(frame.text);
  }

  /** The frame in flight, when it is of this kind, has been answered. */
  answered(kind: Kind): void {
    if (this.#inFlight !== kind) return;
    this.#resends = 0;
    this.stop();
  }

  /** Sends the frame in flight again after a delay that grows with each time. */
  resendLater(): void {
    // Many failures told at once are answered by one sending.
    if (this.#resendTimer !== undefined) return;
    const delayMs = backoffMs(RESEND_BACKOFF, this.#resends, this.#deps.random);
    this.#resendTimer = this.#deps.clock.after(delayMs, () => {
      this.#resends += 1;
      this.stop();
      this.pump();
    });
  }

  /** Nothing is in flight any more: its line was lost, it changed nothing, or the request has ended. */
  stop(): void {
    this.#inFlight = undefined;
    this.#line = undefined;
    this.#resendTimer?.cancel();
    this.#resendTimer = undefined;
  }
}
