import { ServiceUnavailableError } from "@streamer/protocol";
import type { AnyStreamerError, BatchMessage, Clock, Timer } from "@streamer/protocol";
import { RESEND_BACKOFF, backoffMs } from "../backoff.ts";
import type { Transport } from "../requests/outbox.ts";
import { MAX_RESENDS } from "../requests/sending.ts";
import { retryAfterMs } from "../retryAfter.ts";
import type { BatchFrame } from "./batchFrames.ts";

/** Frames of one batch that wait for their answers at a time. */
export const MAX_IN_FLIGHT = 4;

interface Sent extends BatchFrame {
  readonly line: number;
}

export interface BatchSendingDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pause: (ms: number) => void;
}

export interface BatchSendingEvents {
  /** What is to be sent now, on this line. */
  readonly next: (line: number) => BatchFrame | undefined;
  /** The server does not do what the frame asks, and it is not sent again. `onFree` follows. */
  readonly onRefused: (frame: BatchFrame, error: AnyStreamerError) => void;
  /** Frames may go again. */
  readonly onFree: () => void;
}

/**
 * Sends the frames of one batch, a few at a time, each until it has been answered.
 *
 * An error names the batch and not the frame. So after one, nothing more is sent until all that is in flight has been answered: the frames
 * that are left over are those that were refused. When there are several and they were refused for different reasons, each is sent again
 * alone, so that its answer is known to be its own. What is sent twice under the same ids is done once.
 */
export class BatchSending {
  readonly #deps: BatchSendingDeps;
  readonly #events: BatchSendingEvents;
  #inFlight: Sent[] = [];
  #errors: AnyStreamerError[] = [];
  #oneByOne = false;
  #timer: Timer | undefined;
  #failures = 0;

  constructor(deps: BatchSendingDeps, events: BatchSendingEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  /** Whether anything is to be answered, on this line or on any. */
  waits(line?: number): boolean {
    return this.#inFlight.some((frame) => line === undefined || frame.line === line);
  }

  /** Whether an error on this line may be the answer to one of these frames. */
  mayAnswer(line: number): boolean {
    return this.waits(line) && this.#errors.length < this.#inFlight.length;
  }

  /** Whether the server has failed so often that what it cannot do now is given up. */
  get exhausted(): boolean {
    return this.#failures >= MAX_RESENDS;
  }

  pump(): void {
    const { transport } = this.#deps;
    const limit = this.#oneByOne ? 1 : MAX_IN_FLIGHT;
    for (;;) {
      // Sending may lose the line.
      const { line } = transport;
      if (line === undefined || this.#timer !== undefined || this.#errors.length > 0 || this.#inFlight.length >= limit) return;
      const frame = this.#events.next(line);
      if (frame === undefined) return;
      for (const item of frame.items) item.inFlight = true;
      this.#inFlight.push({ ...frame, line });
      transport.send(frame.text);
    }
  }

  /** Takes the frame away that this answers: an answer to a frame that was given up finds none. @param helped whether it did any of it. */
  onReply({ reply_to: kind, items }: BatchMessage, helped: boolean): void {
    if (helped) this.#failures = 0;
    // It would only be asked again at once.
    if (items.length === 0) return this.later(new ServiceUnavailableError());
    const numbers = new Set(items.map(({ n }) => n));
    const isIt = (frame: Sent): boolean => frame.kind === kind && frame.items.some(({ n }) => numbers.has(n));
    const index = this.#inFlight.findIndex(isIt);
    if (index >= 0) this.#release(this.#inFlight.splice(index, 1));
    this.#weighErrors();
  }

  /** One of the frames in flight was refused. */
  onError(error: AnyStreamerError): void {
    if (error.code === "RATE_LIMITED") this.#deps.pause(retryAfterMs(error));
    if (this.#inFlight.length === 0) return;
    this.#errors.push(error);
    this.#weighErrors();
  }

  /** The server failed at a frame of this line, and nobody knows which. */
  onGatewayFrame(line: number): void {
    if (this.waits(line)) this.later(new ServiceUnavailableError({ details: { reason: "gateway" } }));
  }

  /** What was sent on this line, or on any, will not be answered any more. */
  onLineGone(line?: number): void {
    // Whose answers the errors were is not known any more: who has none is asked again.
    const isGone = (frame: Sent): boolean => line === undefined || frame.line === line || this.#errors.length > 0;
    const gone = this.#inFlight.filter(isGone);
    this.#inFlight = this.#inFlight.filter((frame) => !isGone(frame));
    this.#errors = [];
    this.#release(gone);
  }

  /** Sends again what has not been answered by then, after a delay that grows with the failures. */
  later(error: AnyStreamerError): void {
    // Many failures told at once are answered by one sending.
    if (this.#timer !== undefined) return;
    const { clock, random } = this.#deps;
    this.#timer = clock.after(backoffMs(RESEND_BACKOFF, this.#failures, random), () => {
      this.#timer = undefined;
      const unanswered = this.#takeAll();
      if (this.exhausted) this.#giveUp(unanswered, error);
      this.#failures += 1;
      this.#events.onFree();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#takeAll();
  }

  /** Looks whether every frame in flight has been answered by an error that does not say by which. */
  #weighErrors(): void {
    const errors = this.#errors;
    const [first] = errors;
    if (first === undefined || errors.length < this.#inFlight.length) return;
    this.#errors = [];
    const passing = errors.find(({ retryable, code }) => retryable && code !== "RATE_LIMITED");
    if (passing !== undefined) return this.later(passing);
    const refused = this.#takeAll();
    // Those that came too early go again when the pause is over.
    const alike = refused.length === 1 || errors.every(({ code }) => code === first.code);
    if (!alike) this.#oneByOne = true;
    else if (first.code !== "RATE_LIMITED") for (const frame of refused) this.#events.onRefused(frame, first);
    this.#events.onFree();
  }

  /** A subscription without end, for the items live on. */
  #giveUp(frames: readonly BatchFrame[], error: AnyStreamerError): void {
    for (const frame of frames) if (frame.kind !== "subscribe_batch") this.#events.onRefused(frame, error);
  }

  #takeAll(): readonly Sent[] {
    const frames = this.#inFlight;
    this.#inFlight = [];
    this.#errors = [];
    this.#release(frames);
    return frames;
  }

  #release(frames: readonly Sent[]): void {
    for (const { items } of frames) for (const item of items) item.inFlight = false;
  }
}
