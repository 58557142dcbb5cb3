import type { ConsoleEvent } from "../../contract.ts";

/** A stream of server-sent events that a test writes. */
export interface EventSource {
  readonly stream: ReadableStream<Uint8Array>;
  send(...events: readonly ConsoleEvent[]): void;
  /** Bytes as they are, such as half a line. */
  write(text: string): void;
  end(): void;
  /** Whether the reader wants no more. */
  readonly cancelled: boolean;
}

export function createEventSource(): EventSource {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(made) {
      controller = made;
    },
    cancel() {
      cancelled = true;
    },
  });
  const write = (text: string): void => controller?.enqueue(encoder.encode(text));
  return {
    stream,
    write,
    send: (...events) => write(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")),
    end() {
      if (!cancelled) controller?.close();
      controller = undefined;
    },
    get cancelled() {
      return cancelled;
    },
  };
}
