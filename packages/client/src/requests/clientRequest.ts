import { errorFromBody, isTerminal } from "@streamer/protocol";
import type { AnyStreamerError, OutcomeMessage, RequestStatus, ServerMessage, UpdateMessage } from "@streamer/protocol";
import type { ClientLogger, HandleStatus } from "../types.ts";
import { tellsOfRedrive } from "./redrive.ts";
import type { RequestContent } from "./requestContent.ts";
import { RequestState } from "./requestState.ts";
import { ResultDownload } from "./resultDownload.ts";
import { Sending } from "./sending.ts";
import type { SendingDeps } from "./sending.ts";
import { OPEN_STATUS, cancelledError, quietRejection } from "./settlement.ts";
import type { Settlement } from "./settlement.ts";
import { Watch } from "./watch.ts";

/** The messages that belong to one request. */
export type RequestScoped = Extract<ServerMessage, { request_id?: string | undefined }>;

export interface ClientRequestDeps extends SendingDeps {
  readonly logger: ClientLogger;
  /** Nothing more will be wanted for this request, unless an operator starts it again (`mayGoOn`). */
  readonly onSettled: () => void;
}

/** One request, from its first sending, or from when it is asked for, to its terminal message, whatever happens to connections in between. */
export class ClientRequest {
  readonly id: string;
  readonly content: RequestContent;
  readonly state: RequestState;
  readonly watch: Watch;
  /** As the server says it. */
  correlationId: string | undefined;
  readonly #deps: ClientRequestDeps;
  readonly #sending: Sending;
  readonly #download: ResultDownload;
  readonly #signals = new Set<AbortSignal>();

  constructor(id: string, content: RequestContent, deps: ClientRequestDeps) {
    this.id = id;
    this.content = content;
    this.#deps = deps;
    // One that is asked for was sent before, so the server has it or never will.
    this.state = new RequestState(content.kind === "known" ? "queued" : "submitting");
    this.watch = new Watch(id, content.kind === "known" ? content.after : 0);
    if (content.kind === "known") this.watch.fallBehind();
    this.#download = new ResultDownload(deps, {
      onData: (data) => this.#settle({ status: "completed", data }),
      onUrlWanted: () => this.#catchUp(),
      onFailed: (error) => this.#settle({ status: "failed", error }),
    });
    this.#sending = new Sending(id, content, this.watch, deps, {
      onFrame: () => this.changed(),
      onNotTaken: (error) => this.#reject("failed", error),
      onNotFollowed: (error) => this.#onNotFollowed(error),
      onStrayError: ({ code }) => deps.logger.warn("An error answers nothing that was asked.", { request_id: id, code }),
    });
  }

  /** Whether an operator may start it again: the server took it, and it failed or was cancelled. */
  get mayGoOn(): boolean {
    return this.state.settled && this.#sending.acknowledged && this.state.failedOrCancelled;
  }

  /** Whether what it shows may be behind the truth. */
  get stale(): boolean {
    const { status, failedOrCancelled } = this.state;
    if (status === "completed" || failedOrCancelled || (!this.#sending.acknowledged && this.content.kind !== "known")) return false;
    return !this.#sending.acknowledged || this.watch.behind || !this.#deps.transport.isOpen();
  }

  /** Whether the server has not said yet that it has the request: it is sent again when the line is lost. */
  get waiting(): boolean {
    return !this.#sending.acknowledged && !this.state.settled;
  }

  /** Whether an answer, or news that no other line would bring, may come on this line. */
  needs(line: number): boolean {
    return !this.state.settled && (this.#sending.line === line || (this.#sending.acknowledged && this.watch.line === line));
  }

  /** Sends it as soon as the connection is open. Aborting the signal cancels it. */
  start(signal?: AbortSignal): void {
    if (signal !== undefined) {
      this.#signals.add(signal);
      this.#cancelWith(signal);
    }
    if (!this.state.settled) this.#sending.prepare();
    this.changed();
  }

  /** The connection is open, for the first time or again. */
  onOpen(): void {
    if (this.#sending.acknowledged) this.watch.fallBehind();
    this.changed();
  }

  onLost(): void {
    this.#sending.onLineGone();
    this.state.forgetRetryAt();
    this.changed();
  }

  /** What was sent on this line will not be answered any more; frames go to another. */
  onLineGone(line: number): void {
    this.#sending.onLineGone(line);
    this.changed();
  }

  /** The server failed at a frame of this line, and nobody knows which. */
  onGatewayFrame(line: number): void {
    if (this.#sending.onGatewayFrame(line)) this.changed();
  }

  /**
   * Goes on when the message shows that an operator has started it again. What the server then says of it decides: after a late message
   * of the run that ended, it is that it has ended.
   *
   * @returns whether it goes on, and so wants this message and those that follow.
   */
  goOnAfter(message: RequestScoped): boolean {
    if (!this.mayGoOn || !tellsOfRedrive(message, this.watch.attempt)) return false;
    this.state.reopen();
    this.state.show(message.type === "status" ? OPEN_STATUS[message.status] : "running");
    this.watch.reopen();
    for (const signal of this.#signals) if (!signal.aborted) this.#cancelWith(signal);
    return true;
  }

  /** @param line the one it came on. */
  onMessage(message: RequestScoped, line: number): void {
    if (this.state.settled) return;
    // An error may be about another frame than the request, such as a subscription, which has an id of its own.
    if ("correlation_id" in message && (message.type !== "error" || !this.correlationId)) this.correlationId = message.correlation_id;
    switch (message.type) {
      case "acknowledgment":
        this.#onAcknowledgment(message.status, message.duplicate === true, line);
        break;
      case "upload":
        this.#sending.onUploadUrl(message);
        break;
      case "response":
        this.#settle(
          message.success ? { status: "completed", data: message.data } : { status: "failed", error: errorFromBody(message.error) },
        );
        break;
      case "progress":
      case "chunk":
        this.#onUpdate(message, line);
        break;
      case "status":
        this.#acknowledge(OPEN_STATUS[message.status], line);
        if (this.watch.noteAttempt(message.attempt)) this.state.show(OPEN_STATUS[message.status], message.retry_at);
        this.#sending.answered("cancel");
        break;
      case "subscribed":
        this.#onSubscribed(message, line);
        break;
      case "gap":
        this.watch.skip(message);
        break;
      case "error":
        if (message.final === true) this.#onOutcome(message, line);
        else this.#sending.onRefused(errorFromBody(message.error));
        break;
      case "complete":
      case "cancelled":
        this.#onOutcome(message, line);
        break;
      case "unsubscribed":
        break;
      default:
        message satisfies never;
    }
    this.changed();
  }

  /**
   * Asks for an early end. Resolves when the server has answered, or the request has ended.
   *
   * @throws {InvalidMessageError} when the reason is over 256 characters.
   */
  cancel(reason: string | undefined): Promise<void> {
    if (this.state.abandonedBy !== undefined) return quietRejection(this.state.abandonedBy);
    if (this.state.settled) return Promise.resolve();
    const { cancellation, neverSent } = this.#sending;
    try {
      if (cancellation.frame === undefined) cancellation.begin(reason);
    } catch (error) {
      return quietRejection(error);
    }
    const { answered } = cancellation;
    // What was never sent needs no server to end.
    if (neverSent) this.#reject("cancelled", cancelledError(reason));
    this.changed();
    return answered;
  }

  /** This client will not learn the end. */
  abandon(error: AnyStreamerError): void {
    if (this.state.settled) return;
    this.state.abandon(error);
    this.#end();
    this.#sending.cancellation.reject(error);
    this.state.changes.emit();
  }

  /** Fails the request before anything is sent. */
  refuse(error: AnyStreamerError): void {
    this.#reject("failed", error);
  }

  /** Something may be sent, or seen. */
  changed(): void {
    if (this.state.settled) return;
    this.#sending.pump();
    this.state.changes.emit();
  }

  #cancelWith(signal: AbortSignal): void {
    const onAbort = (): void => void this.cancel(undefined);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const stop = (): void => signal.removeEventListener("abort", onAbort);
    this.state.result.then(stop, stop);
  }

  /** The server has the request, and tells what is new of it on this line. */
  #acknowledge(status: HandleStatus, line: number): void {
    if (!this.#sending.acknowledge()) return;
    this.watch.toldOn(line);
    this.state.show(status);
    this.state.accepted.resolve();
  }

  #onAcknowledgment(status: RequestStatus, duplicate: boolean, line: number): void {
    // Progress may overtake the acknowledgment, and implies it.
    if (this.#sending.acknowledged) return;
    this.#acknowledge(OPEN_STATUS[status], line);
    // An earlier sending was stored: updates, and the end itself, may have been sent to where nobody listens.
    if (duplicate) this.watch.fallBehind();
  }

  #onUpdate(message: UpdateMessage, line: number): void {
    this.#acknowledge("running", line);
    if (this.watch.take(message) === "taken") this.state.show("running");
  }

  #onSubscribed(message: Extract<ServerMessage, { type: "subscribed" }>, line: number): void {
    const { status } = message;
    this.#acknowledge(OPEN_STATUS[status], line);
    const page = this.watch.takePage(message, line);
    if (page === "late") return;
    this.#sending.answered("subscribe");
    if (!isTerminal(status)) this.state.show(OPEN_STATUS[status]);
    if (page === "more") return;
    if (this.watch.caughtUp()) this.state.show("running");
    this.#takeEnd();
  }

  #onOutcome(message: OutcomeMessage, line: number): void {
    this.#acknowledge("running", line);
    // The answer to a cancel, when the request had ended already or ends by it.
    this.#sending.answered("cancel");
    this.watch.noteEnd(message);
    this.#takeEnd();
  }

  #takeEnd(): void {
    const settlement = this.watch.takeEnd();
    if (settlement !== undefined) this.#settle(settlement);
  }

  /** Has the server tell again how it stands: what comes with that has fresh URLs. */
  #catchUp(): void {
    if (!this.watch.behind) this.watch.fallBehind();
    this.changed();
  }

  /** What is known of it still counts. */
  #onNotFollowed(error: AnyStreamerError): void {
    if (!this.#sending.acknowledged) this.state.accepted.reject(error);
    this.#settle(this.watch.giveUp() ?? { status: "failed", error });
  }

  /** The request ended without having been taken by the server. */
  #reject(status: "failed" | "cancelled", error: AnyStreamerError): void {
    this.state.accepted.reject(error);
    this.#settle({ status, error });
  }

  #settle(settlement: Settlement): void {
    if (this.state.settled) return;
    if ("reference" in settlement) {
      this.state.show("running");
      this.#download.start(settlement.reference);
      return;
    }
    this.state.settle(settlement);
    this.#end();
    this.#sending.cancellation.resolve();
    this.state.changes.emit();
  }

  #end(): void {
    this.#sending.stop();
    this.#download.stop();
    this.#deps.onSettled();
  }
}
