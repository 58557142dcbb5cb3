import type { RequestHandle } from "./requestHandle.ts";
import type { ChunkUpdate, ProgressUpdate, RequestOptions, Update } from "./types.ts";

/**
 * A request in the making. Each call gives a new builder, so that one may be kept and sent several times with other parts.
 *
 * ```ts
 * const handle = client
 *   .request("generate_report")
 *   .payload({ start_date: "2024-01-01" })
 *   .onProgress(({ percentage }) => show(percentage))
 *   .send();
 * ```
 */
export interface RequestBuilder<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown> {
  /** The action's input: anything JSON. Default `{}`. */
  payload(payload: unknown): RequestBuilder<Data, Metadata, Chunk>;
  /** As `RequestOptions.metadata`. */
  metadata(metadata: Readonly<Record<string, string>>): RequestBuilder<Data, Metadata, Chunk>;
  /** As `RequestOptions.id`. */
  id(id: string): RequestBuilder<Data, Metadata, Chunk>;
  /** As `RequestOptions.signal`. */
  signal(signal: AbortSignal): RequestBuilder<Data, Metadata, Chunk>;
  /** Calls `listener` for each progress, in order; may be added several times. */
  onProgress(listener: (update: ProgressUpdate<Metadata>) => void): RequestBuilder<Data, Metadata, Chunk>;
  /** Calls `listener` for each emitted value, in order, and its update; may be added several times. */
  onChunk(listener: (value: Chunk, update: ChunkUpdate<Chunk>) => void): RequestBuilder<Data, Metadata, Chunk>;
  /** Sends it. Whatever goes wrong is told by the handle. An error that a listener throws is reported as uncaught and stops nothing. */
  send(): RequestHandle<Data, Metadata, Chunk>;
}

type Listener<Metadata, Chunk> = (update: Update<Metadata, Chunk>) => void;

interface Parts<Metadata, Chunk> {
  readonly payload?: unknown;
  readonly options: RequestOptions;
  readonly listeners: readonly Listener<Metadata, Chunk>[];
}

export type SendRequest<Data, Metadata, Chunk> = (payload: unknown, options: RequestOptions) => RequestHandle<Data, Metadata, Chunk>;

export function createRequestBuilder<Data, Metadata, Chunk>(
  send: SendRequest<Data, Metadata, Chunk>,
  parts: Parts<Metadata, Chunk> = { options: {}, listeners: [] },
): RequestBuilder<Data, Metadata, Chunk> {
  const { options, listeners } = parts;
  const withParts = (more: Partial<Parts<Metadata, Chunk>>) => createRequestBuilder(send, { ...parts, ...more });
  const listening = (listener: Listener<Metadata, Chunk>) => withParts({ listeners: [...listeners, listener] });
  return {
    payload: (payload) => withParts({ payload }),
    metadata: (metadata) => withParts({ options: { ...options, metadata } }),
    id: (id) => withParts({ options: { ...options, id } }),
    signal: (signal) => withParts({ options: { ...options, signal } }),
    onProgress: (listener) => listening((update) => void (update.type === "progress" && guarded(() => listener(update)))),
    onChunk: (listener) =>
      listening((update) => {
        if (update.type === "chunk") for (const value of update.data) guarded(() => listener(value, update));
      }),
    send() {
      const handle = send(parts.payload, options);
      for (const listener of listeners) void tell(handle.updates(), listener);
      return handle;
    },
  };
}

/** Never throws, as neither updates nor listeners do. */
async function tell<Item>(updates: AsyncIterable<Item>, listener: (update: Item) => void): Promise<void> {
  for await (const update of updates) listener(update);
}

function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
