import { MAX_BODY_BYTES, MAX_FRAME_BYTES, ServiceUnavailableError, byteLength, toStreamerError } from "@streamer/protocol";
import type { AnyStreamerError, UploadUrlMessage } from "@streamer/protocol";
import { assertFits, encodeFrame } from "../encodeFrame.ts";
import type { SentMessage } from "../wire/sentMessages.ts";
import type { OutgoingFrame } from "./outbox.ts";
import { Transfer } from "./transfer.ts";
import type { TransferDeps } from "./transfer.ts";

export type RequestInput = Extract<SentMessage, { type: "request" }> & { readonly id: string };

/** A request whose payload is too large for a frame, taken apart. */
export interface LargeRequest {
  readonly message: Omit<RequestInput, "payload">;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Takes a request apart whose message has `messageBytes`, too many for a frame.
 *
 * @throws {PayloadTooLargeError} over 10 MiB; or over 32 KB where nothing can be hashed: browsers do that for pages of secure origins only.
 */
export function splitRequest({ payload, ...message }: RequestInput, messageBytes: number): LargeRequest {
  if ((globalThis.crypto as Partial<Crypto> | undefined)?.subtle === undefined) assertFits(messageBytes, MAX_FRAME_BYTES);
  const text = JSON.stringify(payload ?? {});
  assertFits(byteLength(text), MAX_BODY_BYTES);
  return { message, body: new TextEncoder().encode(text) };
}

export interface UploadEvents {
  /** Something is to be sent. */
  readonly onFrame: () => void;
  readonly onFailed: (error: AnyStreamerError) => void;
}

/** Uploads a payload ahead of its request: hashes it, asks where to, puts it there; then the request may be sent. */
export class PayloadUpload {
  readonly #events: UploadEvents;
  readonly #transfer: Transfer;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #question: OutgoingFrame | undefined;
  #request: OutgoingFrame | undefined;
  #frame: OutgoingFrame | undefined;

  constructor({ message, body }: LargeRequest, deps: TransferDeps, events: UploadEvents) {
    this.#events = events;
    this.#transfer = new Transfer(deps);
    this.#body = body;
    void this.#prepare(message, body);
  }

  /** What is to be sent now: the question where to, in the end the request itself; nothing while there is other work. */
  get frame(): OutgoingFrame | undefined {
    return this.#frame;
  }

  /** The server has said where to. */
  onUrl({ url, headers }: UploadUrlMessage): void {
    // The answer to a question that was sent twice.
    if (this.#body === undefined || this.#transfer.busy) return;
    this.#frame = undefined;
    const init = { method: "PUT", headers, body: this.#body };
    void this.#transfer.run(url, init, {
      take: () => {
        this.#body = undefined;
        this.#show(this.#request);
        return true;
      },
      again: () => this.#show(this.#question),
      giveUp: () => this.#events.onFailed(new ServiceUnavailableError({ details: { reason: "upload" } })),
    });
  }

  stop(): void {
    this.#transfer.stop();
    this.#body = undefined;
  }

  /** Never throws. */
  async #prepare(message: LargeRequest["message"], body: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      const digest = await crypto.subtle.digest("SHA-256", body);
      const content = { size_bytes: body.byteLength, sha256: btoa(String.fromCharCode(...new Uint8Array(digest))) };
      this.#request = { kind: "request", text: encodeFrame({ ...message, uploaded: content }) };
      const { id, action } = message;
      this.#question = { kind: "upload", text: encodeFrame({ type: "upload", request_id: id, action, ...content }) };
      this.#show(this.#question);
    } catch (thrown) {
      // Its metadata alone may be over a frame.
      this.#events.onFailed(toStreamerError(thrown));
    }
  }

  #show(frame: OutgoingFrame | undefined): void {
    this.#frame = frame;
    this.#events.onFrame();
  }
}
