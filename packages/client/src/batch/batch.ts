import { DuplicateRequestError, InvalidMessageError, MAX_CANCEL_REASON_CHARS, errorFromBody, isTerminal } from "@streamer/protocol";
import type { AnyStreamerError, BatchItem as ItemAnswer, BatchMessage, OutcomeMessage, ServerMessage } from "@streamer/protocol";
import type { RequestHandle } from "../requestHandle.ts";
import { cancelledError, quietPromise, quietRejection, settlementOf } from "../requests/settlement.ts";
import type { TransferDeps } from "../requests/transfer.ts";
import { retryAfterMs } from "../retryAfter.ts";
import { goesAlone, rangeFrame, submitFrame } from "./batchFrames.ts";
import type { BatchEnvelope, BatchFrame, BatchFrameKind } from "./batchFrames.ts";
import { BatchSending } from "./batchSending.ts";
import type { BatchSendingDeps } from "./batchSending.ts";
import { BatchView } from "./batchView.ts";
import { Downloads } from "./downloads.ts";
import { jsonOf } from "./inputs.ts";
import { ItemRecord } from "./itemRecord.ts";
import type { ItemEnd } from "./itemRecord.ts";
import { LoneItems } from "./loneItems.ts";
import type { LoneItemsDeps } from "./loneItems.ts";

export interface BatchDeps extends BatchSendingDeps, TransferDeps, LoneItemsDeps {
  readonly get: (id: string) => RequestHandle;
  /** All items have ended. */
  readonly onDone: (batch: Batch) => void;
  /** Something is to be learnt of it, for the first time or again. */
  readonly onOpen: (batch: Batch) => void;
}

type ItemMessage = Extract<ServerMessage, { request_id?: string | undefined }>;

/** Many requests of one action under one id, whatever happens to connections in between. */
export class Batch {
  readonly id: string;
  readonly view: BatchView;
  readonly #deps: BatchDeps;
  readonly #items: readonly ItemRecord[];
  readonly #sending: BatchSending;
  readonly #downloads: Downloads;
  readonly #lone: LoneItems;
  #envelope: BatchEnvelope;
  #abandonedBy: AnyStreamerError | undefined;
  /** Set while nothing more of it is to begin. */
  #cancelling: { readonly reason: string | undefined } | undefined;
  #cancelAnswer = quietPromise<void>();

  /** `known`: it was sent before, here or elsewhere, and the server is to be asked how it stands. */
  constructor(envelope: BatchEnvelope, size: number, known: boolean, deps: BatchDeps) {
    this.id = envelope.batch_id;
    this.#envelope = envelope;
    this.#deps = deps;
    const status = known ? "queued" : "submitting";
    this.#items = Array.from({ length: size }, (_, n) => new ItemRecord(this.id, n, status, deps.get));
    if (known) for (const item of this.#items) item.doubted = true;
    this.view = new BatchView(this.#items, deps);
    this.#sending = new BatchSending(deps, {
      next: (line) => this.#nextFrame(line),
      onRefused: (frame, error) => this.#onRefused(frame, error),
      onFree: () => this.changed(),
    });
    this.#downloads = new Downloads(deps, {
      onData: (item, data) => this.#end(item, { status: "completed", data }),
      onUrlWanted: (item) => this.#ask(item),
      onFailed: (item, error) => this.#end(item, { status: "failed", error }),
    });
    this.#lone = new LoneItems(this.#items, deps, {
      onTaken: (item) => {
        // The server tells of it where it was sent: which line that was is not known here.
        this.#take(item, undefined);
        this.changed();
      },
      onEnd: (item, ended) => this.#end(item, ended),
    });
  }

  get size(): number {
    return this.#items.length;
  }

  /**
   * The inputs, perhaps once more: those are sent that the server has not taken.
   *
   * @throws {DuplicateRequestError} when they are not those of before.
   */
  supply(envelope: BatchEnvelope, inputs: readonly unknown[]): void {
    const texts = inputs.map(jsonOf);
    const isOther = ({ text, n }: ItemRecord): boolean => text !== undefined && text !== texts[n];
    const otherAction = this.#envelope.action !== envelope.action || inputs.length !== this.size;
    if (otherAction || this.#items.some(isOther)) throw new DuplicateRequestError({ details: { batch_id: this.id } });
    this.#envelope = envelope;
    this.#cancelling = undefined;
    for (const item of this.#items) {
      const text = texts[item.n];
      // One that is on its way is not begun again.
      if (item.taken || item.wanted || (item.ended && item.status !== "rejected")) continue;
      if (text === undefined) {
        const details = { reason: "the input cannot be written as JSON" };
        item.end({ status: "rejected", error: new InvalidMessageError({ details }) });
        continue;
      }
      item.supply(text);
      item.goesAlone = goesAlone(text, envelope);
    }
  }

  needs(line: number): boolean {
    return this.#sending.waits(line) || this.#items.some((item) => item.taken && !item.ended && item.toldOn === line);
  }

  /** Whether an error on this line that names nothing may be the answer to a frame of this batch. */
  mayAnswer(line: number): boolean {
    return this.#sending.mayAnswer(line);
  }

  onError(error: AnyStreamerError): void {
    this.#sending.onError(error);
    this.changed();
  }

  onGatewayFrame(line: number): void {
    this.#sending.onGatewayFrame(line);
  }

  /** @param line the one that nothing comes from any more; `undefined` when that are all. */
  onLineGone(line?: number): void {
    this.#sending.onLineGone(line);
    for (const item of this.#items) item.lineGone(line);
    this.changed();
  }

  onReply(message: BatchMessage, line: number): void {
    let again: AnyStreamerError | undefined;
    let helped = false;
    for (const answer of message.items) {
      const item = this.#items[answer.n];
      if (item === undefined) continue;
      if ("error" in answer) again = this.#onItemRefused(message.reply_to, item, errorFromBody(answer.error)) ?? again;
      else {
        helped = true;
        this.#onItemAnswer(message.reply_to, item, answer, line);
      }
    }
    // First, so that what is free now waits as well.
    if (again !== undefined) this.#sending.later(again);
    this.#sending.onReply(message, helped);
    this.changed();
  }

  /** What the server tells of one item's request. */
  onItemMessage(n: number, message: ItemMessage, line: number): void {
    const item = this.#items[n];
    if (item === undefined || this.#abandonedBy !== undefined) return;
    switch (message.type) {
      case "progress":
      case "chunk":
      case "status":
        // News may overtake the answer to the frame, and implies it.
        this.#take(item, line);
        if (item.onNews(message)) this.#ask(item);
        this.view.changedSoon();
        return;
      case "response":
        this.#end(
          item,
          message.success ? { status: "completed", data: message.data } : { status: "failed", error: errorFromBody(message.error) },
        );
        return;
      case "error":
        if (message.final === true) this.#onOutcome(item, message);
        return;
      case "complete":
      case "cancelled":
        this.#onOutcome(item, message);
        return;
      default:
    }
  }

  cancel(reason: string | undefined): Promise<void> {
    if (this.#abandonedBy !== undefined) return quietRejection(this.#abandonedBy);
    if (reason !== undefined && reason.length > MAX_CANCEL_REASON_CHARS) {
      const details = { reason: `the reason has ${reason.length} characters; at most ${MAX_CANCEL_REASON_CHARS} are allowed` };
      return quietRejection(new InvalidMessageError({ details }));
    }
    const open = this.#items.filter((item) => !item.ended);
    if (open.length === 0) return Promise.resolve();
    if (this.#cancelling === undefined) {
      this.#cancelling = { reason };
      this.#cancelAnswer = quietPromise();
    }
    const alone = open.flatMap((item) => item.alone ?? []).map((handle) => handle.cancel(reason));
    for (const item of open) {
      if (item.alone !== undefined) continue;
      if (item.taken || item.doubted) item.cancelling = true;
      else if (!item.sent) item.end({ status: "cancelled", error: cancelledError(reason) });
    }
    const answered = allOf([this.#cancelAnswer.promise, ...alone]);
    answered.catch(() => {});
    this.changed();
    return answered;
  }

  /** This client will not learn the end. */
  abandon(error: AnyStreamerError): void {
    if (this.#abandonedBy !== undefined) return;
    this.#abandonedBy = error;
    this.#sending.stop();
    this.#downloads.stop();
    this.#cancelAnswer.reject(error);
    this.view.abandon(error);
  }

  /** Something may be sent, or seen. */
  changed(): void {
    if (this.#abandonedBy !== undefined) return;
    this.#cancelLost();
    this.#sending.pump();
    if (this.#cancelling === undefined) this.#lone.send(this.#envelope);
    const cancelled = (item: ItemRecord): boolean => !item.cancelling && !(item.wanted && item.sent && !item.goesAlone);
    if (this.#cancelling !== undefined && this.#items.every(cancelled)) this.#cancelAnswer.resolve();
    if (this.#items.some((item) => !item.ended || item.doubted)) this.#deps.onOpen(this);
    else this.#deps.onDone(this);
    this.view.changed();
  }

  #nextFrame(line: number): BatchFrame | undefined {
    const stopped = this.#cancelling !== undefined;
    const submit = submitFrame(
      this.#envelope,
      this.#items,
      (item) => item.wanted && !item.inFlight && !item.goesAlone && !(stopped && item.sent),
    );
    if (submit !== undefined) {
      for (const item of submit.items) item.sent = true;
      return submit;
    }
    const { reason } = this.#cancelling ?? {};
    return (
      rangeFrame("cancel_batch", this.id, this.#items, (item) => item.cancelling && !item.inFlight, reason) ??
      rangeFrame("subscribe_batch", this.id, this.#items, (item) => isUntold(item, line) && !item.inFlight)
    );
  }

  /** What was sent and lost on its way back need not be sent again only to be cancelled. */
  #cancelLost(): void {
    if (this.#cancelling === undefined) return;
    for (const item of this.#items) if (item.wanted && item.sent && !item.inFlight && !item.goesAlone) item.cancelling = true;
  }

  #onItemAnswer(kind: BatchFrameKind, item: ItemRecord, answer: Extract<ItemAnswer, { status: unknown }>, line: number): void {
    if (kind === "submit_batch") {
      if (item.ended) return;
      this.#take(item, line);
      // It was stored before: updates, and the end itself, may have been sent to where nobody listens.
      if (answer.duplicate === true) item.doubted = true;
      return;
    }
    // That it is told on a line is said by the two other answers.
    this.#take(item, undefined);
    if (kind === "cancel_batch") item.cancelling = false;
    else {
      item.toldOn = line;
      item.doubted = false;
    }
    item.onAnswer(answer);
    if (answer.outcome !== undefined) this.#onOutcome(item, answer.outcome);
    else if (isTerminal(answer.status) && !item.ended) {
      item.doubted = true;
      this.#sending.later(errorFromBody({ code: "SERVICE_UNAVAILABLE", message: "", retryable: true }));
    }
  }

  /** @returns the error, when the same is to be tried again. */
  #onItemRefused(kind: BatchFrameKind, item: ItemRecord, error: AnyStreamerError): AnyStreamerError | undefined {
    if (error.code === "RATE_LIMITED") this.#deps.pause(retryAfterMs(error));
    const again = error.retryable && (kind === "subscribe_batch" || !this.#sending.exhausted);
    if (again) return error;
    this.#refuse(kind, item, error);
    return undefined;
  }

  #onRefused({ kind, items }: BatchFrame, error: AnyStreamerError): void {
    for (const item of items) this.#refuse(kind, item, error);
  }

  #refuse(kind: BatchFrameKind, item: ItemRecord, error: AnyStreamerError): void {
    if (kind === "submit_batch") {
      if (item.wanted) item.end({ status: "rejected", error });
    } else if (kind === "subscribe_batch") {
      if (!item.doubted && !item.taken) return;
      item.doubted = false;
      if (!item.ended && !item.wanted) item.end({ status: item.taken ? "failed" : "rejected", error });
    } else if (item.cancelling) {
      item.cancelling = false;
      if (error.code === "NOT_FOUND" && !item.taken) item.end({ status: "cancelled", error: cancelledError(this.#cancelling?.reason) });
      else {
        this.#cancelAnswer.reject(error);
        this.#cancelling = undefined;
      }
    }
  }

  #onOutcome(item: ItemRecord, outcome: OutcomeMessage): void {
    const settlement = settlementOf(outcome);
    if (!("reference" in settlement)) return this.#end(item, settlement);
    if (item.ended) return;
    this.#take(item, undefined);
    // One that was sent alone fetches its own.
    if (item.alone === undefined) this.#downloads.fetch(item, settlement.reference);
  }

  /** The server has it, and tells what is new of it on this line; `undefined`: on no line that is known. */
  #take(item: ItemRecord, line: number | undefined): void {
    if (item.taken || item.ended) return;
    item.take(line);
    if (this.#cancelling !== undefined && item.alone === undefined) item.cancelling = true;
  }

  #end(item: ItemRecord, ended: ItemEnd): void {
    if (item.ended || this.#abandonedBy !== undefined) return;
    // A rejected one is not the server's; all else implies that it was taken.
    if (ended.status !== "rejected") this.#take(item, undefined);
    item.end(ended);
    this.changed();
  }

  #ask(item: ItemRecord): void {
    item.doubted = true;
    this.changed();
  }
}

/** Whether the server must be asked how it stands, for nothing comes of it on this line. */
function isUntold(item: ItemRecord, line: number): boolean {
  return item.doubted || (item.taken && !item.ended && item.toldOn !== line);
}

async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.all(promises);
}
