import { ServiceUnavailableError, byteLength, insertTexts } from "@streamer/protocol";
import type { AnyStreamerError, ResultReference } from "@streamer/protocol";
import { Transfer } from "./transfer.ts";
import type { TransferDeps } from "./transfer.ts";

export interface DownloadEvents {
  readonly onData: (data: unknown) => void;
  /** It is time to try again, with a URL that is signed afresh: this one may have expired. */
  readonly onUrlWanted: () => void;
  readonly onFailed: (error: AnyStreamerError) => void;
}

/** Fetches a result that did not fit into its message. */
export class ResultDownload {
  readonly #transfer: Transfer;
  readonly #events: DownloadEvents;

  constructor(deps: TransferDeps, events: DownloadEvents) {
    this.#transfer = new Transfer(deps);
    this.#events = events;
  }

  start(reference: ResultReference): void {
    // The same outcome, delivered again.
    if (this.#transfer.busy) return;
    void this.#transfer.run(
      reference.url,
      { method: "GET" },
      {
        take: (text) => {
          const result = resultOf(text, reference);
          if (result !== undefined) this.#events.onData(result.data);
          return result !== undefined;
        },
        again: this.#events.onUrlWanted,
        giveUp: () => this.#events.onFailed(new ServiceUnavailableError({ details: { reason: "download" } })),
      },
    );
  }

  stop(): void {
    this.#transfer.stop();
  }
}

/** `undefined` when it is not whole, or no result at all. */
function resultOf(text: string, { size_bytes: sizeBytes, files = {} }: ResultReference): { readonly data: unknown } | undefined {
  if (byteLength(text) !== sizeBytes) return undefined;
  try {
    return { data: insertTexts(JSON.parse(text), files) };
  } catch {
    return undefined;
  }
}
