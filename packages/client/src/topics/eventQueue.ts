import type { AnyStreamerError } from "@streamer/protocol";
import { deferred } from "../deferred.ts";
import type { Deferred } from "../deferred.ts";
import type { TopicEvent, TopicEvents } from "./types.ts";

type Step<Data> = IteratorResult<TopicEvent<Data>, undefined>;

const DONE = { done: true, value: undefined } as const;

/** Events that wait for their one consumer: so many, and then the oldest make way. */
export class EventQueue<Data> implements TopicEvents<Data> {
  readonly #maxWaiting: number;
  readonly #onEnd: () => void;
  #waiting: TopicEvent<Data>[] = [];
  #takers: Deferred<Step<Data>>[] = [];
  #dropped = 0;
  #ended = false;
  #error: AnyStreamerError | undefined;

  /**
   * @param onEnd nothing more is taken: whoever pushes may stop.
   * @throws {RangeError} when `maxWaiting` is less than 1.
   */
  constructor(maxWaiting: number, onEnd: () => void) {
    if (!(maxWaiting >= 1)) throw new RangeError(`maxWaiting is ${maxWaiting}; it must be at least 1.`);
    this.#maxWaiting = maxWaiting;
    this.#onEnd = onEnd;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(event: TopicEvent<Data>): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) return taker.resolve({ done: false, value: event });
    this.#waiting.push(event);
    if (this.#waiting.length <= this.#maxWaiting) return;
    this.#waiting.shift();
    this.#dropped += 1;
  }

  /** Nothing more comes. What waits is still given; then the error is thrown, once. */
  end(error?: AnyStreamerError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#onEnd();
    const takers = this.#takers;
    this.#takers = [];
    for (const [index, taker] of takers.entries()) {
      if (index === 0 && error !== undefined) taker.reject(this.#takeError());
      else taker.resolve(DONE);
    }
  }

  /** Whoever goes through it does not want more. */
  stop(): void {
    this.#waiting = [];
    this.end();
    this.#error = undefined;
  }

  async next(): Promise<Step<Data>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return { done: false, value };
    if (this.#ended) {
      const error = this.#takeError();
      if (error !== undefined) throw error;
      return DONE;
    }
    const taker = deferred<Step<Data>>();
    this.#takers.push(taker);
    return taker.promise;
  }

  async return(): Promise<Step<Data>> {
    this.stop();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #takeError(): AnyStreamerError | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }
}
