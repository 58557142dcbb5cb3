import type { AnyStreamerError, ResultReference } from "@streamer/protocol";
import { ResultDownload } from "../requests/resultDownload.ts";
import type { TransferDeps } from "../requests/transfer.ts";
import type { ItemRecord } from "./itemRecord.ts";

/** Results of one batch that are fetched at a time. */
const MAX_DOWNLOADS = 4;

export interface DownloadsEvents {
  readonly onData: (item: ItemRecord, data: unknown) => void;
  /** A fresh URL is wanted. */
  readonly onUrlWanted: (item: ItemRecord) => void;
  readonly onFailed: (item: ItemRecord, error: AnyStreamerError) => void;
}

/** Fetches the results of a batch that no message holds, a few at a time. */
export class Downloads {
  readonly #deps: TransferDeps;
  readonly #events: DownloadsEvents;
  readonly #running = new Map<ItemRecord, ResultDownload>();
  readonly #waiting = new Map<ItemRecord, ResultReference>();

  constructor(deps: TransferDeps, events: DownloadsEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  fetch(item: ItemRecord, reference: ResultReference): void {
    const running = this.#running.get(item);
    if (running !== undefined) running.start(reference);
    else if (this.#running.size >= MAX_DOWNLOADS) this.#waiting.set(item, reference);
    else this.#start(item, reference);
  }

  stop(): void {
    for (const download of this.#running.values()) download.stop();
    this.#running.clear();
    this.#waiting.clear();
  }

  #start(item: ItemRecord, reference: ResultReference): void {
    const download = new ResultDownload(this.#deps, {
      onData: (data) => {
        this.#over(item);
        this.#events.onData(item, data);
      },
      onUrlWanted: () => this.#events.onUrlWanted(item),
      onFailed: (error) => {
        this.#over(item);
        this.#events.onFailed(item, error);
      },
    });
    this.#running.set(item, download);
    download.start(reference);
  }

  #over(item: ItemRecord): void {
    this.#running.delete(item);
    for (const [next, reference] of this.#waiting) {
      this.#waiting.delete(next);
      return this.#start(next, reference);
    }
  }
}
