import { ServiceUnavailableError, errorFromBody, isTerminal } from "@streamer/protocol";
import type { AnyStreamerError, OutcomeMessage, RequestStatus, ServerMessage, UpdateMessage } from "@streamer/protocol";
import { encodeFrame } from "../encodeFrame.ts";
import { Listeners } from "../listeners.ts";
import type { ClientLogger, HandleStatus, Update } from "../types.ts";
import { Cancellation } from "./cancellation.ts";
import { Outbox } from "./outbox.ts";
import { PayloadUpload } from "./payloadUpload.ts";
import type { LargeRequest } from "./payloadUpload.ts";
import type { OutboxDeps, OutgoingFrame } from "./outbox.ts";
import { tellsOfRedrive } from "./redrive.ts";
import { ResultDownload } from "./resultDownload.ts";
import { OPEN_STATUS, cancelledError, quietPromise, quietRejection, settlementOf } from "./settlement.ts";
import type { Settlement } from "./settlement.ts";
import type { TransferDeps } from "./transfer.ts";
import { UpdateFeed } from "./updateFeed.ts";

/** How often a `request` or `cancel` is sent again after failures of the server, before the client gives up. About half a minute. */
export const MAX_RESENDS = 5;

/** The messages that belong to one request. */
export type RequestScoped = Extract<ServerMessage, { request_id?: string | undefined }>;

export interface ClientRequestDeps extends OutboxDeps, TransferDeps {
  readonly logger: ClientLogger;
  /** Nothing more will be wanted for this request, unless an operator starts it again (`mayGoOn`). */
  readonly onSettled: () => void;
}

/** One request, from its first sending to its terminal message, whatever happens to connections in between. */
export class ClientRequest {
  readonly id: string;
  /** The `request` message as a whole, by which it is told from another under the same id. What is sent of it never changes. */
  readonly frame: string;
  readonly changes = new Listeners<void>();
  readonly accepted = quietPromise<void>();
  readonly #deps: ClientRequestDeps;
  readonly #outbox: Outbox;
  readonly #feed = new UpdateFeed();
  readonly #cancellation: Cancellation;
  readonly #large: LargeRequest | undefined;
  readonly #download: ResultDownload;
  #upload: PayloadUpload | undefined;
  readonly #signals = new Set<AbortSignal>();
  #result = quietPromise<unknown>();
  #status: HandleStatus = "submitting";
  #retryAt: Date | undefined;
  #timesSent = 0;
  #acknowledged = false;
  #settled = false;
  /** A terminal message that arrived while updates before it were still to come. */
  #heldOutcome: Settlement | undefined;
  #abandonedBy: AnyStreamerError | undefined;

  /** @param large the same in its parts, when it is too large for a frame. */
  constructor(id: string, frame: string, deps: ClientRequestDeps, large?: LargeRequest) {
    this.id = id;
    this.frame = frame;
    this.#deps = deps;
    this.#large = large;
    this.#download = new ResultDownload(deps, {
      onData: (data) => this.#settle({ status: "completed", data }),
      onUrlWanted: () => this.#catchUp(),
      onFailed: (error) => this.#settle({ status: "failed", error }),
    });
    this.#cancellation = new Cancellation(id);
    this.#outbox = new Outbox(() => this.#nextFrame(), deps);
  }

  get status(): HandleStatus {
    return this.#status;
  }

  get retryAt(): Date | undefined {
    return this.#retryAt;
  }

  /** The newest that is known; 0 when none is. */
  get attempt(): number {
    return this.#feed.lastAttempt;
  }

  /** Of the present run: after a redrive it is another promise. */
  get result(): Promise<unknown> {
    return this.#result.promise;
  }

  get updates(): readonly Update[] {
    return this.#feed.updates;
  }

  /** Whether nothing will change any more, unless an operator starts it again. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Whether an operator may start it again: the server took it, and it failed or was cancelled. */
  get mayGoOn(): boolean {
    return this.#settled && this.#acknowledged && (this.#status === "failed" || this.#status === "cancelled");
  }

  get stale(): boolean {
    if (!this.#acknowledged || this.#status === "completed" || this.#status === "failed" || this.#status === "cancelled") return false;
    return this.#feed.replaying || !this.#deps.transport.isOpen();
  }

  /** Sends it as soon as the connection is open. Aborting the signal cancels it. */
  start(signal: AbortSignal | undefined): void {
    if (signal !== undefined) {
      this.#signals.add(signal);
      this.#cancelWith(signal);
    }
    if (this.#large !== undefined && !this.#settled) {
      const onFailed = (error: AnyStreamerError): void => this.#reject("failed", error);
      this.#upload ??= new PayloadUpload(this.#large, this.#deps, { onFrame: () => this.#changed(), onFailed });
    }
    this.#changed();
  }

  /** The connection is open, for the first time or again. */
  onOpen(): void {
    if (this.#acknowledged) this.#feed.beginReplay();
    this.#changed();
  }

  onLost(): void {
    this.#outbox.stop();
    // It may begin, and be put off again, while nobody listens.
    this.#retryAt = undefined;
    this.#changed();
  }

  /** The server failed at a frame, and nobody knows which. */
  onGatewayFrame(): void {
    this.#onRefusedForNow(new ServiceUnavailableError({ details: { reason: "gateway", sent: this.#outbox.resends + 1 } }));
    this.#changed();
  }

  /**
   * Goes on when the message shows that an operator has started it again. What the server then says of it decides: after a late message
   * of the run that ended, it is that it has ended.
   *
   * @returns whether it goes on, and so wants this message and those that follow.
   */
  goOnAfter(message: RequestScoped): boolean {
    if (!this.mayGoOn || !tellsOfRedrive(message, this.attempt)) return false;
    this.#settled = false;
    this.#heldOutcome = undefined;
    this.#result = quietPromise();
    this.#show(message.type === "status" ? OPEN_STATUS[message.status] : "running");
    this.#feed.beginReplay();
    for (const signal of this.#signals) if (!signal.aborted) this.#cancelWith(signal);
    return true;
  }

  onMessage(message: RequestScoped): void {
    if (this.#settled) return;
    switch (message.type) {
      case "acknowledgment":
        this.#onAcknowledgment(message.status, message.duplicate === true);
        break;
      case "upload":
        if (this.#outbox.inFlight !== "upload") break;
        this.#outbox.answered("upload");
        this.#upload?.onUrl(message);
        break;
      case "response":
        this.#settle(
          message.success ? { status: "completed", data: message.data } : { status: "failed", error: errorFromBody(message.error) },
        );
        break;
      case "progress":
      case "chunk":
        this.#onUpdate(message);
        break;
      case "status":
        this.#acknowledge(OPEN_STATUS[message.status]);
        if (this.#feed.noteAttempt(message.attempt)) this.#show(OPEN_STATUS[message.status], message.retry_at);
        this.#onCancelAnswered();
        break;
      case "subscribed":
        this.#onSubscribed(message.status, message.updates, message.more, message.outcome);
        break;
      case "gap":
        this.#deps.logger.warn("Updates are not stored any more and are left out.", {
          request_id: this.id,
          from: message.from,
          to: message.to,
        });
        this.#feed.skipTo(message.to);
        break;
      case "error":
        if (message.final === true) this.#onOutcome(message);
        else this.#onRefused(errorFromBody(message.error));
        break;
      case "complete":
      case "cancelled":
        this.#onOutcome(message);
        break;
      case "unsubscribed":
        break;
      default:
        message satisfies never;
    }
    this.#changed();
  }

  /**
   * Asks for an early end. Resolves when the server has answered, or the request has ended.
   *
   * @throws {InvalidMessageError} when the reason is over 256 characters.
   */
  cancel(reason: string | undefined): Promise<void> {
    if (this.#abandonedBy !== undefined) return quietRejection(this.#abandonedBy);
    if (this.#settled) return Promise.resolve();
    try {
      if (this.#cancellation.frame === undefined) this.#cancellation.begin(reason);
    } catch (error) {
      return quietRejection(error);
    }
    const { answered } = this.#cancellation;
    // What was never sent needs no server to end.
    if (this.#timesSent === 0) this.#reject("cancelled", cancelledError(reason));
    this.#changed();
    return answered;
  }

  /** This client will not learn the end: the request may go on, so its status stays what it was. */
  abandon(error: AnyStreamerError): void {
    if (this.#settled) return;
    this.#abandonedBy = error;
    this.#end();
    this.accepted.reject(error);
    this.#result.reject(error);
    this.#cancellation.reject(error);
    this.changes.emit();
  }

  /** Fails the request before anything is sent. */
  refuse(error: AnyStreamerError): void {
    this.#reject("failed", error);
  }

  #cancelWith(signal: AbortSignal): void {
    const onAbort = (): void => void this.cancel(undefined);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const stop = (): void => signal.removeEventListener("abort", onAbort);
    this.#result.promise.then(stop, stop);
  }

  #nextFrame(): OutgoingFrame | undefined {
    if (this.#settled) return undefined;
    if (!this.#acknowledged) {
      const frame = this.#upload === undefined ? ({ kind: "request", text: this.frame } as const) : this.#upload.frame;
      if (frame?.kind === "request") this.#timesSent += 1;
      return frame;
    }
    if (this.#feed.replaying) {
      return { kind: "subscribe", text: encodeFrame({ type: "subscribe", request_id: this.id, after: this.#feed.lastSequence }) };
    }
    const { frame } = this.#cancellation;
    return frame === undefined ? undefined : { kind: "cancel", text: frame };
  }

  #acknowledge(status: HandleStatus): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#show(status);
    this.#outbox.answered("request");
    this.accepted.resolve();
  }

  #onAcknowledgment(status: RequestStatus, duplicate: boolean): void {
    // Progress may overtake the acknowledgment, and implies it.
    if (this.#acknowledged) return;
    this.#acknowledge(OPEN_STATUS[status]);
    // An earlier sending was stored: updates, and the end itself, may have been sent to where nobody listens.
    if (duplicate) this.#feed.beginReplay();
  }

  #onUpdate(message: UpdateMessage): void {
    this.#acknowledge("running");
    if (this.#feed.take(message) === "taken") this.#show("running");
  }

  #onSubscribed(status: RequestStatus, updates: readonly UpdateMessage[], more: boolean, outcome: OutcomeMessage | undefined): void {
    this.#acknowledge(OPEN_STATUS[status]);
    const advanced = this.#feed.takePage(updates);
    // A late answer to a frame that was sent twice; the answer to the second is still to come.
    if (more && !advanced && updates.length > 0) return;
    this.#outbox.answered("subscribe");
    if (!isTerminal(status)) this.#show(OPEN_STATUS[status]);
    if (outcome !== undefined) this.#heldOutcome = settlementOf(outcome);
    if (more && advanced) return;
    this.#endReplay();
  }

  #endReplay(): void {
    if (this.#feed.endReplay()) this.#show("running");
    if (!this.#feed.replaying && this.#heldOutcome !== undefined) this.#settle(this.#heldOutcome);
  }

  #onOutcome(message: OutcomeMessage): void {
    this.#acknowledge("running");
    // The answer to a cancel, when the request had ended already or ends by it.
    this.#onCancelAnswered();
    const settlement = settlementOf(message);
    // The terminal message is the last of a request: what is held or still to be replayed comes first.
    if (this.#feed.replaying) this.#heldOutcome = settlement;
    else this.#settle(settlement);
  }

  /** Has the server tell again how it stands: what comes with that has fresh URLs. */
  #catchUp(): void {
    if (!this.#feed.replaying) this.#feed.beginReplay();
    this.#changed();
  }

  #onCancelAnswered(): void {
    if (this.#outbox.inFlight !== "cancel") return;
    this.#outbox.answered("cancel");
    this.#cancellation.resolve();
  }

  /** The frame in flight was not accepted. */
  #onRefused(error: AnyStreamerError): void {
    const kind = this.#outbox.inFlight;
    // Only the first sending of a request can be believed to have stored nothing; an earlier one may have.
    if (error.retryable && (kind === "subscribe" || (kind === "request" && this.#timesSent > 1))) this.#onRefusedForNow(error);
    else this.#giveUp(error);
  }

  /** Sends the frame in flight again, later. A subscription without end, for the request lives on; the others a few times. */
  #onRefusedForNow(error: AnyStreamerError): void {
    if (this.#outbox.inFlight === undefined) return;
    if (this.#outbox.inFlight === "subscribe" || this.#outbox.resends < MAX_RESENDS) this.#outbox.resendLater();
    else this.#giveUp(error);
  }

  #giveUp(error: AnyStreamerError): void {
    switch (this.#outbox.inFlight) {
      case "request":
      case "upload":
        this.#reject("failed", error);
        return;
      case "subscribe":
        // The request cannot be followed any more. What is known of it still counts.
        this.#outbox.answered("subscribe");
        this.#feed.endReplay();
        if (this.#heldOutcome === undefined) this.#settle({ status: "failed", error });
        else this.#settle(this.#heldOutcome);
        return;
      case "cancel":
        this.#outbox.answered("cancel");
        this.#cancellation.reject(error);
        return;
      case undefined:
        this.#deps.logger.warn("An error answers nothing that was asked.", { request_id: this.id, code: error.code });
    }
  }

  /** The request ended without having been taken by the server. */
  #reject(status: "failed" | "cancelled", error: AnyStreamerError): void {
    this.accepted.reject(error);
    this.#settle({ status, error });
  }

  #settle(settlement: Settlement): void {
    if (this.#settled) return;
    if ("reference" in settlement) {
      this.#show("running");
      this.#download.start(settlement.reference);
      return;
    }
    this.#show(settlement.status);
    this.#end();
    // A response and a terminal message imply that the request was taken; a promise that has been rejected stays so.
    this.accepted.resolve();
    if (settlement.status === "completed") this.#result.resolve(settlement.data);
    else this.#result.reject(settlement.error);
    this.#cancellation.resolve();
    this.changes.emit();
  }

  #end(): void {
    this.#settled = true;
    this.#outbox.stop();
    this.#upload?.stop();
    this.#download.stop();
    this.#deps.onSettled();
  }

  /** @param retryAtSeconds when the next attempt may begin, as far as it is told. */
  #show(status: HandleStatus, retryAtSeconds?: number): void {
    this.#status = status;
    if (status !== "retrying") this.#retryAt = undefined;
    else if (retryAtSeconds !== undefined) this.#retryAt = new Date(retryAtSeconds * 1000);
  }

  #changed(): void {
    if (this.#settled) return;
    this.#outbox.pump();
    this.changes.emit();
  }
}
