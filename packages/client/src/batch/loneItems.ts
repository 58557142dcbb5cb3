import type { AnyStreamerError } from "@streamer/protocol";
import type { RequestHandle } from "../requestHandle.ts";
import type { Transport } from "../requests/outbox.ts";
import type { RequestOptions } from "../types.ts";
import type { BatchEnvelope } from "./batchFrames.ts";
import type { ItemEnd, ItemRecord } from "./itemRecord.ts";

/** Requests that are on their way at a time: each is an upload. */
const MAX_UNDER_WAY = 4;

export interface LoneItemsDeps {
  readonly transport: Transport;
  readonly submit: (action: string, payload: unknown, options: RequestOptions) => RequestHandle;
}

export interface LoneItemsEvents {
  readonly onTaken: (item: ItemRecord) => void;
  readonly onEnd: (item: ItemRecord, ended: ItemEnd) => void;
}

/** The items that no frame of the batch takes: each goes as a request of its own, under the item's id. */
export class LoneItems {
  readonly #items: readonly ItemRecord[];
  readonly #deps: LoneItemsDeps;
  readonly #events: LoneItemsEvents;

  constructor(items: readonly ItemRecord[], deps: LoneItemsDeps, events: LoneItemsEvents) {
    this.#items = items;
    this.#deps = deps;
    this.#events = events;
  }

  /** Sends those that are wanted, a few at a time, while the connection is open: those that would wait for it count for the queue. */
  send(envelope: BatchEnvelope): void {
    if (this.#deps.transport.line === undefined) return;
    let underWay = this.#items.filter((item) => item.alone !== undefined && item.wanted).length;
    for (const item of this.#items) {
      if (underWay >= MAX_UNDER_WAY) return;
      if (!item.goesAlone || !item.wanted || item.alone !== undefined || item.text === undefined) continue;
      underWay += 1;
      item.sent = true;
      item.alone = this.#deps.submit(envelope.action, JSON.parse(item.text), {
        id: item.id,
        metadata: envelope.metadata,
        correlationId: envelope.correlation_id,
        traceparent: envelope.traceparent,
      });
      void this.#follow(item, item.alone);
    }
  }

  /** Never rejects. */
  async #follow(item: ItemRecord, handle: RequestHandle): Promise<void> {
    try {
      await handle.accepted();
    } catch (error) {
      return this.#fail(item, "rejected", error);
    }
    this.#events.onTaken(item);
    try {
      this.#events.onEnd(item, { status: "completed", data: await handle.result() });
    } catch (error) {
      this.#fail(item, "failed", error);
    }
  }

  #fail(item: ItemRecord, status: "failed" | "rejected", thrown: unknown): void {
    // A handle rejects with nothing else.
    const error = thrown as AnyStreamerError;
    this.#events.onEnd(item, { status: error.code === "CANCELLED" ? "cancelled" : status, error });
  }
}
