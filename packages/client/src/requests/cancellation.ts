import type { AnyStreamerError } from "@streamer/protocol";
import { encodeFrame } from "../encodeFrame.ts";
import { quietPromise } from "./settlement.ts";

/** The wish that a request end early, until the server has answered it. */
export class Cancellation {
  readonly #requestId: string;
  #frame: string | undefined;
  #answer = quietPromise<void>();

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  /** The `cancel` message that is to be sent; undefined while nobody wishes it. */
  get frame(): string | undefined {
    return this.#frame;
  }

  /** What those who wish it wait for. */
  get answered(): Promise<void> {
    return this.#answer.promise;
  }

  /** @throws {InvalidMessageError} when the reason is over 256 characters. */
  begin(reason: string | undefined): void {
    this.#frame = encodeFrame({ type: "cancel", request_id: this.#requestId, ...(reason === undefined ? {} : { reason }) });
    this.#answer = quietPromise();
  }

  /** The server has told the worker, or the request has ended. */
  resolve(): void {
    this.#frame = undefined;
    this.#answer.resolve();
  }

  /** It was refused; it may be wished again. */
  reject(error: AnyStreamerError): void {
    this.#frame = undefined;
    this.#answer.reject(error);
  }
}
