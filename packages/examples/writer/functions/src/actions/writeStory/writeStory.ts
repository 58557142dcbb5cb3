import type { Clock } from "@streamer/protocol";
import type { Run } from "@streamer/server";
import type { writeStory } from "./action.ts";
import type { Model } from "./model.ts";

/** The text of so long is one piece: each is a write to the table, and a message to everyone who watches. */
const PIECE_MS = 100;

/**
 * Passes on what the model writes, ten pieces a second. `emit` is not awaited: the model goes on meanwhile, and what is still under way at the end
 * the processor waits for. Without `PIECE_MS` each token would be a piece of its own, for they come more slowly than pieces are stored.
 * When the request is cancelled, out of time or taken over, `signal` ends the model.
 */
export function createWriteStory(model: Model, clock: Pick<Clock, "monotonic">): Run<typeof writeStory> {
  return async ({ input, emit, signal }) => {
    let text = "";
    let tokens = 0;
    let emitted = 0;
    let emittedAt = Number.NEGATIVE_INFINITY;
    const emitRest = (): void => {
      void emit(text.slice(emitted));
      emitted = text.length;
      emittedAt = clock.monotonic();
    };
    for await (const token of model.streamTokens(input.prompt, signal)) {
      text += token;
      tokens += 1;
      // The first at once.
      if (clock.monotonic() - emittedAt >= PIECE_MS) emitRest();
    }
    if (emitted < text.length) emitRest();
    return { text, tokens };
  };
}
