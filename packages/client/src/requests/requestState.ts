import type { AnyStreamerError } from "@streamer/protocol";
import { Listeners } from "../listeners.ts";
import type { HandleStatus } from "../types.ts";
import { quietPromise } from "./settlement.ts";
import type { Settlement } from "./settlement.ts";

/** How a request stands for those who hold it: what it shows, what it promises, who listens. */
export class RequestState {
  readonly changes = new Listeners<void>();
  readonly accepted = quietPromise<void>();
  #result = quietPromise<unknown>();
  #status: HandleStatus;
  #retryAt: Date | undefined;
  #settled = false;
  #abandonedBy: AnyStreamerError | undefined;

  constructor(status: HandleStatus) {
    this.#status = status;
  }

  get status(): HandleStatus {
    return this.#status;
  }

  /** When the next attempt may begin, while it is known. */
  get retryAt(): Date | undefined {
    return this.#retryAt;
  }

  /** Of the present run: after a redrive it is another promise. */
  get result(): Promise<unknown> {
    return this.#result.promise;
  }

  /** Whether nothing will change any more, unless an operator starts it again. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Why the client will not learn its end. */
  get abandonedBy(): AnyStreamerError | undefined {
    return this.#abandonedBy;
  }

  get failedOrCancelled(): boolean {
    return this.#status === "failed" || this.#status === "cancelled";
  }

  /** @param retryAtSeconds when the next attempt may begin, as far as it is told. */
  show(status: HandleStatus, retryAtSeconds?: number): void {
    this.#status = status;
    if (status !== "retrying") this.#retryAt = undefined;
    else if (retryAtSeconds !== undefined) this.#retryAt = new Date(retryAtSeconds * 1000);
  }

  /** It may begin, and be put off again, while nobody listens. */
  forgetRetryAt(): void {
    this.#retryAt = undefined;
  }

  settle(settlement: Exclude<Settlement, { reference: unknown }>): void {
    this.show(settlement.status);
    this.#settled = true;
    // A response and a terminal message imply that the request was taken; a promise that has been rejected stays so.
    this.accepted.resolve();
    if (settlement.status === "completed") this.#result.resolve(settlement.data);
    else this.#result.reject(settlement.error);
  }

  /** The request may go on, so its status stays what it was. */
  abandon(error: AnyStreamerError): void {
    this.#abandonedBy = error;
    this.#settled = true;
    this.accepted.reject(error);
    this.#result.reject(error);
  }

  /** It goes on after its end. */
  reopen(): void {
    this.#settled = false;
    this.#result = quietPromise();
  }
}
