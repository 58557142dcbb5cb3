import type { OutcomeMessage, ServerMessage, UpdateMessage } from "@streamer/protocol";
import { encodeFrame } from "../encodeFrame.ts";
import type { Update } from "../types.ts";
import { settlementOf } from "./settlement.ts";
import type { Settlement } from "./settlement.ts";
import { UpdateFeed } from "./updateFeed.ts";
import type { Fate } from "./updateFeed.ts";

type SubscribedMessage = Extract<ServerMessage, { type: "subscribed" }>;
type GapMessage = Extract<ServerMessage, { type: "gap" }>;

/**
 * What a request learns from the server once it is there: updates, each once and in order, then the end. Knows when to ask for what is
 * missing, and on which line the server tells what is new.
 */
export class Watch {
  readonly #id: string;
  readonly #feed: UpdateFeed;
  #line: number | undefined;
  /** What the page that was asked for last is to begin after. */
  #askedAfter = 0;
  /** A terminal message, while updates before it are still to come. */
  #end: { readonly settlement: Settlement; readonly lastSequence: number; asked: boolean } | undefined;

  /** @param after the last `sequence` that is not wanted. */
  constructor(id: string, after: number) {
    this.#id = id;
    this.#feed = new UpdateFeed(after);
  }

  get updates(): readonly Update[] {
    return this.#feed.updates;
  }

  /** The newest that is known; 0 when none is. */
  get attempt(): number {
    return this.#feed.lastAttempt;
  }

  /** Whether missed updates are still to come. */
  get behind(): boolean {
    return this.#feed.replaying;
  }

  /** The line on which the server tells what is new; `undefined` while that is not known. */
  get line(): number | undefined {
    return this.#line;
  }

  /** The server tells what is new on this line. */
  toldOn(line: number): void {
    this.#line = line;
  }

  /** Something may have been missed: it is to be asked for, and what comes live waits for it. */
  fallBehind(): void {
    this.#feed.beginReplay();
  }

  /** An operator has started the request again: its end was none. */
  reopen(): void {
    this.#end = undefined;
    this.fallBehind();
  }

  /**
   * What is to be sent, when frames go to this line: nothing while all is told on it. After a move nothing was missed, so what comes live
   * on the line before need not wait for the answer.
   */
  frame(line: number): string | undefined {
    if (!this.#feed.replaying && this.#line === line) return undefined;
    this.#feed.asked();
    this.#askedAfter = this.#feed.lastSequence;
    if (this.#end !== undefined) this.#end.asked = true;
    return encodeFrame({ type: "subscribe", request_id: this.#id, after: this.#feed.lastSequence });
  }

  noteAttempt(attempt: number): boolean {
    return this.#feed.noteAttempt(attempt);
  }

  take(message: UpdateMessage): Fate {
    return this.#feed.take(message);
  }

  skip({ from, to, snapshot }: GapMessage): void {
    this.#feed.skipTo(to, from, snapshot);
  }

  /** Takes a page. @returns whether more is to be asked for: not after a late answer to a question that was sent twice. */
  takePage({ gap, updates, more, outcome }: SubscribedMessage, line: number): "late" | "more" | "last" {
    this.#line = line;
    if (gap !== undefined) this.skip(gap);
    this.#feed.takePage(updates);
    if (outcome !== undefined) {
      const { settlement, lastSequence } = endOf(outcome);
      const known = this.#end ?? { lastSequence: 0, asked: false };
      // The same end may come with less: the server does not always know the last sequence. The updates of the page were read before it.
      this.#end = { settlement, lastSequence: Math.max(lastSequence, known.lastSequence), asked: known.asked };
    }
    const reached = updates.at(-1)?.sequence ?? gap?.to;
    if (!more || reached === undefined) return "last";
    if (reached <= this.#askedAfter) return "late";
    // It may all have come live already; from here on what comes live waits.
    if (!this.#feed.replaying) this.#feed.beginReplay();
    return "more";
  }

  /** The last page has been taken. @returns whether anything that was held was new. */
  caughtUp(): boolean {
    return this.#feed.endReplay();
  }

  /** A terminal message came live: the last of a request, so what is held or still to be replayed comes first. */
  noteEnd(outcome: OutcomeMessage): void {
    this.#end = { ...endOf(outcome), asked: false };
  }

  /** How the request ended, when that is known and all before it has been taken. Asks for what is missing, once; then it is a gap. */
  takeEnd(): Settlement | undefined {
    if (this.#end === undefined || this.#feed.replaying) return undefined;
    const { settlement, lastSequence, asked } = this.#end;
    if (lastSequence > this.#feed.lastSequence && !asked) {
      this.#feed.beginReplay();
      return undefined;
    }
    this.#feed.skipTo(lastSequence);
    return settlement;
  }

  /** Nothing more can be learnt. @returns how it ended, as far as that is known. */
  giveUp(): Settlement | undefined {
    this.#feed.endReplay();
    return this.#end?.settlement;
  }
}

function endOf(outcome: OutcomeMessage): { readonly settlement: Settlement; readonly lastSequence: number } {
  return { settlement: settlementOf(outcome), lastSequence: outcome.last_sequence ?? 0 };
}
