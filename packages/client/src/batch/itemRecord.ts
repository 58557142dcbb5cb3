import { isTerminal } from "@streamer/protocol";
import type { AnyStreamerError, BatchItem as ItemAnswer, ServerMessage } from "@streamer/protocol";
import { tellsOfRedrive } from "../requests/redrive.ts";
import { OPEN_STATUS } from "../requests/settlement.ts";
import type { RequestHandle } from "../requestHandle.ts";
import type { BatchItem, BatchItemEnd, BatchItemStatus } from "./types.ts";

type Answered = Extract<ItemAnswer, { status: unknown }>;
/** How an item ended, for this client. */
export type ItemEnd =
  | { readonly status: "completed"; readonly data: unknown }
  | { readonly status: "failed" | "cancelled" | "rejected"; readonly error: AnyStreamerError };

const ENDS: readonly BatchItemStatus[] = ["completed", "failed", "cancelled", "rejected"] satisfies BatchItemEnd[];

/** One item of a batch: what is to be sent of it, and what is known of it. */
export class ItemRecord {
  readonly n: number;
  readonly id: string;
  /** Its input as JSON, as far as this client was given it. */
  text: string | undefined;
  /** Whether it goes as a request of its own, for no frame of the batch takes it; and that request, once it is sent. */
  goesAlone = false;
  alone: RequestHandle | undefined;
  /** Whether the server may have it. */
  sent = false;
  /** Whether the server has said that it has it. */
  taken = false;
  /** Part of a frame that waits for its answer. */
  inFlight = false;
  /** The line on which the server tells what is new of it. */
  toldOn: number | undefined;
  /** How it stands must be asked, though it is told. */
  doubted = false;
  cancelling = false;
  readonly #handle: () => RequestHandle;
  #status: BatchItemStatus;
  #percentage = 0;
  #message = "";
  #attempt = 0;
  #ended: ItemEnd | undefined;
  /** Since its end there was news that it goes on. */
  #seemsRedriven = false;
  #view: BatchItem | undefined;

  constructor(batchId: string, n: number, status: "submitting" | "queued", handle: (id: string) => RequestHandle) {
    this.n = n;
    this.id = `${batchId}.${n}`;
    this.#status = status;
    this.#handle = () => handle(this.id);
  }

  get status(): BatchItemStatus {
    return this.#status;
  }

  get ended(): boolean {
    return ENDS.includes(this.#status);
  }

  /** What it counts in the batch's percentage. */
  get share(): number {
    return this.ended ? 100 : this.#percentage;
  }

  /** Whether it is to be sent, by a frame of the batch or alone. */
  get wanted(): boolean {
    return this.text !== undefined && !this.taken && !this.ended;
  }

  /** The same object until something of it changes. */
  view(): BatchItem {
    if (this.#view !== undefined) return this.#view;
    const { n, id } = this;
    const shown = { n, id, percentage: this.#percentage, message: this.#message, handle: this.#handle };
    const ended = this.#ended;
    if (ended?.status === "completed") this.#view = { ...shown, status: ended.status, data: ended.data, error: undefined };
    else if (ended !== undefined) this.#view = { ...shown, status: ended.status, data: undefined, error: ended.error };
    else this.#view = { ...shown, status: this.#status as Exclude<BatchItemStatus, BatchItemEnd>, data: undefined, error: undefined };
    return this.#view;
  }

  /** The server has it, and tells what is new of it on this line; `undefined`: on no line that is known. */
  take(line: number | undefined): void {
    this.taken = true;
    this.toldOn = line;
    if (this.#status === "submitting") this.#show("queued");
  }

  end(ended: ItemEnd): void {
    this.#ended = ended;
    this.#seemsRedriven = false;
    this.doubted = false;
    this.cancelling = false;
    if (ended.status === "completed") this.#percentage = 100;
    this.#show(ended.status);
  }

  /** It is to be sent, perhaps once more. */
  supply(text: string): void {
    this.text = text;
    this.doubted = false;
    this.alone = undefined;
    if (this.ended) this.#reopen("submitting");
    else this.#show("submitting");
  }

  /** What was sent on this line, or on any, tells nothing any more. */
  lineGone(line: number | undefined): void {
    if (line === undefined || this.toldOn === line) this.toldOn = undefined;
  }

  /** How it stands, in an answer to `subscribe_batch` or `cancel_batch`. An answer may be older than what came live. */
  onAnswer({ status, attempt = 0, progress }: Answered): void {
    // What was asked because of a message of a run that nobody knew of: an operator has started it again. Any other was overtaken by the end.
    const isLater = status === "pending" ? attempt >= this.#attempt : attempt > this.#attempt;
    if (this.#seemsRedriven && !isTerminal(status) && isLater) this.#reopen(OPEN_STATUS[status]);
    this.#seemsRedriven = false;
    if (this.ended || attempt < this.#attempt) return;
    this.#attempt = attempt;
    // That it has ended is shown when its outcome is there.
    if (!isTerminal(status)) this.#show(OPEN_STATUS[status]);
    if (progress !== undefined) this.#moveTo(progress.percentage, progress.message);
  }

  /** News of it. @returns whether the server is to be asked, for it seems to go on after its end. */
  onNews(message: Extract<ServerMessage, { type: "progress" | "chunk" | "status" }>): boolean {
    const { attempt } = message;
    if (this.ended) {
      const redriven = (this.#status === "failed" || this.#status === "cancelled") && tellsOfRedrive(message, this.#attempt);
      this.#seemsRedriven ||= redriven;
      return redriven;
    }
    if (attempt < this.#attempt) return false;
    const isNext = attempt > this.#attempt;
    this.#attempt = attempt;
    if (message.type === "status") {
      if (!isTerminal(message.status)) this.#show(OPEN_STATUS[message.status]);
      return false;
    }
    // A late line of the attempt that failed does not end the waiting for the next.
    if (isNext || this.#status !== "retrying") this.#show("running");
    if (message.type === "progress") this.#moveTo(message.percentage, message.message);
    return false;
  }

  /** A bar never jumps back, not in another attempt either: that is seen again when it is further than the last one was. */
  #moveTo(percentage: number, message: string): void {
    this.#percentage = Math.max(this.#percentage, percentage);
    this.#message = message;
    this.#view = undefined;
  }

  #reopen(status: BatchItemStatus): void {
    this.#ended = undefined;
    this.#seemsRedriven = false;
    this.#percentage = 0;
    this.#message = "";
    this.#show(status);
  }

  #show(status: BatchItemStatus): void {
    this.#status = status;
    this.#view = undefined;
  }
}
