import { ServiceUnavailableError } from "@streamer/protocol";
import type { AnyStreamerError, UploadUrlMessage } from "@streamer/protocol";
import { retryAfterMs } from "../retryAfter.ts";
import { Cancellation } from "./cancellation.ts";
import { Outbox } from "./outbox.ts";
import type { FrameKind, OutboxDeps, OutgoingFrame } from "./outbox.ts";
import { PayloadUpload } from "./payloadUpload.ts";
import type { RequestContent } from "./requestContent.ts";
import type { TransferDeps } from "./transfer.ts";
import type { Watch } from "./watch.ts";

/** How often a `request` or `cancel` is sent again after failures of the server, before the client gives up. About half a minute. */
export const MAX_RESENDS = 5;

export interface SendingDeps extends OutboxDeps, TransferDeps {
  /** The server takes nothing for a while. */
  readonly onRateLimited: (retryAfterMs: number) => void;
}

export interface SendingEvents {
  /** There is something new to send. */
  readonly onFrame: () => void;
  /** The request, or its upload, was not taken, and is not sent again. */
  readonly onNotTaken: (error: AnyStreamerError) => void;
  /** The request cannot be followed. */
  readonly onNotFollowed: (error: AnyStreamerError) => void;
  /** An error came while nothing was asked. */
  readonly onStrayError: (error: AnyStreamerError) => void;
}

/** What a request sends, in its order: an upload's question, the request itself, what it asks of updates, its cancellation. */
export class Sending {
  readonly cancellation: Cancellation;
  readonly #content: RequestContent;
  readonly #watch: Watch;
  readonly #deps: SendingDeps;
  readonly #events: SendingEvents;
  readonly #outbox: Outbox;
  #upload: PayloadUpload | undefined;
  #timesSent = 0;
  #acknowledged = false;

  constructor(id: string, content: RequestContent, watch: Watch, deps: SendingDeps, events: SendingEvents) {
    this.#content = content;
    this.#watch = watch;
    this.#deps = deps;
    this.#events = events;
    this.cancellation = new Cancellation(id);
    this.#outbox = new Outbox((line) => this.#nextFrame(line), deps);
  }

  /** Whether the server has said that it has the request. */
  get acknowledged(): boolean {
    return this.#acknowledged;
  }

  /** The line of the frame that waits for its answer. */
  get line(): number | undefined {
    return this.#outbox.line;
  }

  /** Whether the server cannot know of the request by this client. */
  get neverSent(): boolean {
    return this.#timesSent === 0 && this.#content.kind !== "known";
  }

  /** Uploads the payload first, when it is too large for a frame. */
  prepare(): void {
    if (this.#content.kind !== "large") return;
    const { onFrame, onNotTaken } = this.#events;
    this.#upload ??= new PayloadUpload(this.#content.large, this.#deps, { onFrame, onFailed: onNotTaken });
  }

  /** Sends what is wanted, when the way is free. */
  pump(): void {
    this.#outbox.pump();
  }

  /** @returns whether that is news. */
  acknowledge(): boolean {
    if (this.#acknowledged) return false;
    this.#acknowledged = true;
    this.#outbox.answered("request");
    return true;
  }

  /** The frame in flight, when it is of this kind, has been answered. */
  answered(kind: FrameKind): void {
    if (kind === "cancel" && this.#outbox.inFlight === "cancel") this.cancellation.resolve();
    this.#outbox.answered(kind);
  }

  onUploadUrl(message: UploadUrlMessage): void {
    if (this.#outbox.inFlight !== "upload") return;
    this.#outbox.answered("upload");
    this.#upload?.onUrl(message);
  }

  /** The frame in flight was not accepted. */
  onRefused(error: AnyStreamerError): void {
    const kind = this.#outbox.inFlight;
    if (error.code === "RATE_LIMITED" && kind !== undefined) {
      // It changed nothing, and goes again when the server takes frames again.
      if (kind === "request") this.#timesSent -= 1;
      this.#deps.onRateLimited(retryAfterMs(error));
      this.#outbox.stop();
      return;
    }
    // A write whose answer was lost may have stored the request: under the same id it is safe to ask again, and nothing else tells.
    const passing = error.retryable && (kind === "subscribe" || kind === "request");
    if (passing) this.#againLater(error);
    else this.#giveUp(error);
  }

  /** The server failed at a frame of this line, and nobody knows which. @returns whether it may have been one of these. */
  onGatewayFrame(line: number): boolean {
    if (this.#outbox.line !== line) return false;
    this.#againLater(new ServiceUnavailableError({ details: { reason: "gateway", sent: this.#outbox.resends + 1 } }));
    return true;
  }

  /** What was sent on this line, or on any, will not be answered any more. */
  onLineGone(line = this.#outbox.line): void {
    if (this.#outbox.line === line) this.#outbox.stop();
  }

  /** The request has ended. */
  stop(): void {
    this.#outbox.stop();
    this.#upload?.stop();
  }

  #nextFrame(line: number): OutgoingFrame | undefined {
    if (!this.#acknowledged && this.#content.kind !== "known") {
      const frame = this.#upload === undefined ? ({ kind: "request", text: this.#content.frame } as const) : this.#upload.frame;
      if (frame?.kind === "request") this.#timesSent += 1;
      return frame;
    }
    const subscribe = this.#watch.frame(line);
    if (subscribe !== undefined) return { kind: "subscribe", text: subscribe };
    const { frame } = this.cancellation;
    return frame === undefined ? undefined : { kind: "cancel", text: frame };
  }

  /** Sends the frame in flight again, later. A subscription without end, for the request lives on; the others a few times. */
  #againLater(error: AnyStreamerError): void {
    if (this.#outbox.inFlight === "subscribe" || this.#outbox.resends < MAX_RESENDS) this.#outbox.resendLater();
    else this.#giveUp(error);
  }

  #giveUp(error: AnyStreamerError): void {
    switch (this.#outbox.inFlight) {
      case "request":
      case "upload":
        this.#events.onNotTaken(error);
        return;
      case "subscribe":
        this.#outbox.answered("subscribe");
        this.#events.onNotFollowed(error);
        return;
      case "cancel":
        this.#outbox.answered("cancel");
        this.cancellation.reject(error);
        return;
      case undefined:
        this.#events.onStrayError(error);
    }
  }
}
