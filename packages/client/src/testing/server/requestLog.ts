import { SEQUENCES_PER_ATTEMPT } from "@streamer/protocol";
import type { ProgressMessage, UpdateMessage } from "@streamer/protocol";

/** The updates of a request, numbered as PROTOCOL.md says. */
export class RequestLog {
  readonly #requestId: string;
  #attempt = 0;
  #last = 0;
  #percentage = 0;
  #newest: ProgressMessage | undefined;
  #updates: readonly UpdateMessage[] = [];

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  get updates(): readonly UpdateMessage[] {
    return this.#updates;
  }
  get attempt(): number {
    return this.#attempt;
  }
  /** The newest sequence; 0 when nothing was stored. */
  get last(): number {
    return this.#last;
  }
  /** The newest progress, also when its update was forgotten. */
  get newest(): ProgressMessage | undefined {
    return this.#newest;
  }

  beginAttempt(): void {
    this.#attempt += 1;
    this.#percentage = 0;
  }

  /** A percentage never falls within an attempt. */
  addProgress(report: Pick<ProgressMessage, "percentage" | "message" | "metadata" | "timestamp">): UpdateMessage {
    this.#percentage = Math.max(this.#percentage, Math.min(100, report.percentage));
    this.#newest = { type: "progress", ...this.#nextPlace(), ...report, percentage: this.#percentage };
    return this.#add(this.#newest);
  }

  addChunk(values: readonly unknown[]): UpdateMessage {
    return this.#add({ type: "chunk", ...this.#nextPlace(), data: [...values] });
  }

  /** Forgets the oldest. */
  trim(count: number): void {
    this.#updates = this.#updates.slice(count);
  }

  #nextPlace() {
    const previous = this.#last;
    this.#last = Math.max(this.#attempt * SEQUENCES_PER_ATTEMPT, previous) + 1;
    return { request_id: this.#requestId, sequence: this.#last, previous, attempt: this.#attempt };
  }

  #add(update: UpdateMessage): UpdateMessage {
    this.#updates = [...this.#updates, update];
    return update;
  }
}
