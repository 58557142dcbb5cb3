import { setTimeout } from "node:timers/promises";

/**
 * A language model. To use a real one, write another of these and name it in `processor.ts`.
 *
 * With Amazon Bedrock: send a `ConverseStreamCommand` with `{ abortSignal: signal }`, go through the `stream` of the answer, and yield each
 * `contentBlockDelta?.delta?.text` that is there. The function's right to `bedrock:InvokeModelWithResponseStream` goes into `sst.config.ts`,
 * under `functions.process_write_story.permissions`.
 */
export interface Model {
  /**
   * The answer, token by token, as it is made. Stops at the signal and throws its reason: nobody pays for what nobody reads.
   */
  streamTokens(prompt: string, signal: AbortSignal): AsyncIterable<string>;
}

export interface PlayedModelOptions {
  /** How long the next token takes, in ms. 0: no time at all. */
  readonly tokenMs: number;
}

/** Stands for a model: the same words to the same prompt each time, at the pace of a real one. It understands nothing. */
export function createPlayedModel({ tokenMs }: PlayedModelOptions): Model {
  return {
    async *streamTokens(prompt, signal) {
      for (const token of tokensOf(storyAbout(prompt))) {
        signal.throwIfAborted();
        // One after the other: that is what a stream is.
        // oxlint-disable-next-line no-await-in-loop
        if (tokenMs > 0) await setTimeout(tokenMs, undefined, { signal });
        yield token;
      }
    },
  };
}

/** Words in two or three pieces, with the space before them, as real models give them. */
function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,6}/g) ?? [];
}

function storyAbout(prompt: string): string {
  const pick = picker(prompt);
  const place = pick([
    "In a town by the sea",
    "In the last valley before the mountains",
    "In a house with too many doors",
    "On a very small planet",
  ]);
  const who = pick(["an old clockmaker", "a girl who collected maps", "a night baker", "two sisters who never agreed"]);
  const found = pick([
    "a letter without a stamp",
    "a key that was still warm",
    "a lamp that burned without oil",
    "a bird that spoke in riddles",
  ]);
  const asked = prompt.replaceAll(/\s+/g, " ").replace(/[.!?]+$/, "");
  return [
    `You asked for this: ${asked}. So here it is, as it was told to me.`,
    `${place} there lived ${who}. Nothing much ever happened there, and that was how everybody liked it. Then one morning, between the bread and the milk, ${pick(["somebody", "the wind", "a stranger in a green coat", "the postman's dog"])} brought ${found}.`,
    `"This is not for us," ${pick(["said the neighbours", "said the mayor", "they all agreed"])}, and closed their windows. But a question, once it is in a house, does not leave by itself. It sat down at the table. It ate the bread. It asked, again and again: and what if it is?`,
    `So they went to find out. ${pick(["They took the road by the river", "They took the stairs nobody used", "They followed the sound of a bell"])}, and they walked until the light was the colour of ${pick(["apricots", "old paper", "honey", "rain"])}. What they found at the end was smaller than they had hoped and larger than they could carry: ${pick(["a door that opened to where they had started", "a book with their own names in it", "an empty chair, and a second one beside it"])}.`,
    `When they came home it was only a little later. ${pick(["The milk was still cold", "The bread was still warm", "The clock had not moved"])}. They never spoke of it; but from that day on the windows stayed open, and in the evening, if you stood quite still, you could hear them laugh.`,
  ].join("\n\n");
}

/** Picks by the prompt alone (FNV-1a): a second attempt writes what the first did. A real model may write something else. */
function picker(prompt: string): (options: readonly [string, ...string[]]) => string {
  let hash = 0x811c9dc5;
  const turn = (code: number): void => {
    hash = Math.imul(hash ^ code, 0x01000193) >>> 0;
  };
  for (const letter of prompt) turn(letter.codePointAt(0) ?? 0);
  return (options) => {
    turn(options.length);
    return options[(hash >>> 8) % options.length] ?? options[0];
  };
}
