import type { ConsoleEvent } from "../contract.ts";

/**
 * The events of a `text/event-stream`. Only `data:` lines count; what cannot be read is left out, as a newer stack may send what this page does
 * not know. Ends with the stream.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ConsoleEvent, void, undefined> {
  let rest = "";
  let data: string[] = [];
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines.map((text) => text.replace(/\r$/, ""))) {
        if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
        else if (line === "" && data.length > 0) {
          const event = eventOf(data.join("\n"));
          data = [];
          if (event !== undefined) yield event;
        }
      }
    }
  } finally {
    // Whoever stops reading wants no more; a stream that has failed cannot be cancelled, and need not be.
    await reader.cancel().catch(() => {});
  }
}

function eventOf(text: string): ConsoleEvent | undefined {
  try {
    const event = JSON.parse(text) as unknown;
    const { type } = (event ?? {}) as { readonly type?: unknown };
    return typeof type === "string" ? (event as ConsoleEvent) : undefined;
  } catch {
    return undefined;
  }
}
