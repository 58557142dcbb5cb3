import { SEQUENCES_PER_ATTEMPT } from "@streamer/protocol";
import type { UpdateMessage } from "@streamer/protocol";
import type { GapUpdate, Update } from "../types.ts";

/** What became of a live update. `gap`: one before it is missing, so a replay is due; it is held until then. */
export type Fate = "taken" | "dropped" | "held" | "gap";

/**
 * The updates of one request, each once and in order, out of live messages and replays.
 *
 * While a replay is due or under way, live updates are held; they follow when the replay has ended.
 */
export class UpdateFeed {
  readonly #updates: Update[] = [];
  #lastSequence: number;
  #lastAttempt = 0;
  #replaying = false;
  #held: UpdateMessage[] = [];
  /** The live update that shows a gap before it, and the one whose gap was asked for last. */
  #gapBefore = 0;
  #askedForSequence = 0;

  /** @param after the last `sequence` that is not wanted. */
  constructor(after = 0) {
    this.#lastSequence = after;
  }

  get updates(): readonly Update[] {
    return this.#updates;
  }

  /** The last `sequence` there is; what a replay is asked to begin after. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** The newest attempt that is known; 0 when none is. */
  get lastAttempt(): number {
    return this.#lastAttempt;
  }

  get replaying(): boolean {
    return this.#replaying;
  }

  /** A replay is due. What was held is forgotten: the replay brings it again. */
  beginReplay(): void {
    this.#replaying = true;
    this.#held = [];
  }

  /** The replay has been asked for. */
  asked(): void {
    this.#askedForSequence = this.#gapBefore;
  }

  /** A live update arrived. */
  take(message: UpdateMessage): Fate {
    // A worker that was given up may go on for a moment; its late updates would make a bar jump back.
    if (message.sequence <= this.#lastSequence || message.attempt < this.#lastAttempt) return "dropped";
    if (this.#replaying) {
      this.#held.push(message);
      return "held";
    }
    // When the replay that was asked for this very update did not bring what is before it, then that is not stored any more.
    if (message.previous > this.#lastSequence && message.sequence !== this.#askedForSequence) {
      this.#gapBefore = message.sequence;
      this.beginReplay();
      this.#held.push(message);
      return "gap";
    }
    this.skipTo(message.previous);
    this.#append(message);
    return "taken";
  }

  /** A page of a replay arrived: what it does not bring is not stored any more. */
  takePage(page: readonly UpdateMessage[]): void {
    for (const message of page) {
      if (message.sequence <= this.#lastSequence) continue;
      this.skipTo(message.previous);
      this.#append(message);
    }
  }

  /**
   * The last page has been taken: what was held follows. When that shows another gap, another replay is due (`replaying`).
   *
   * @returns whether anything that was held was new.
   */
  endReplay(): boolean {
    const before = this.#lastSequence;
    const held = this.#held.toSorted((a, b) => a.sequence - b.sequence);
    this.#held = [];
    this.#replaying = false;
    for (const message of held) this.take(message);
    return this.#lastSequence > before;
  }

  /** Updates up to `to` are not stored any more and will not come: what is missing of them becomes one gap. */
  skipTo(to: number, from = 0, snapshot?: GapUpdate["snapshot"]): void {
    if (to <= this.#lastSequence) return;
    const attempt = Math.floor(to / SEQUENCES_PER_ATTEMPT);
    this.#updates.push({ type: "gap", sequence: to, attempt, from: Math.max(from, this.#lastSequence + 1), to, snapshot });
    this.#lastSequence = to;
    this.noteAttempt(attempt);
  }

  /** The request is in this attempt: live updates of earlier ones are dropped from here on. @returns false when a later one is known. */
  noteAttempt(attempt: number): boolean {
    if (attempt < this.#lastAttempt) return false;
    this.#lastAttempt = attempt;
    return true;
  }

  #append(message: UpdateMessage): void {
    this.#lastSequence = message.sequence;
    this.noteAttempt(message.attempt);
    this.#updates.push(toUpdate(message));
  }
}

function toUpdate(message: UpdateMessage): Update {
  const { sequence, attempt } = message;
  if (message.type === "chunk") return { type: "chunk", sequence, attempt, data: message.data };
  const { percentage, message: text, metadata, timestamp } = message;
  return { type: "progress", sequence, attempt, percentage, message: text, metadata, timestamp };
}
