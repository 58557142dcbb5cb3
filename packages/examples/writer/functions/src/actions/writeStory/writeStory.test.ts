import { systemClock } from "@streamer/protocol";
import { createFakeClock, runProcessor } from "@streamer/server/testing";
import type { FakeClock } from "@streamer/server/testing";
import { expect, test } from "vitest";
import { writeStory } from "./action.ts";
import { createPlayedModel } from "./model.ts";
import type { Model } from "./model.ts";
import { createWriteStory } from "./writeStory.ts";

const input = { prompt: "a fox and a lighthouse" };
const quick = createPlayedModel({ tokenMs: 0 });

test("the pieces that are emitted are the story, in order, and so is the result", async () => {
  const work = runProcessor(writeStory, createWriteStory(quick, systemClock), { input });
  const end = await work.end;
  if (end.status !== "completed") throw new Error(`It ended as ${end.status}.`);
  expect(end.data.text).toMatch(/^You asked for this: a fox and a lighthouse\./);
  expect(work.chunks.join("")).toBe(end.data.text);
  expect(end.data.tokens).toBeGreaterThan(100);
});

test("the same prompt gives the same story, another one another", async () => {
  const write = async (prompt: string) =>
    (await runProcessor(writeStory, createWriteStory(quick, systemClock), { input: { prompt } }).end).message;
  const [story, again, other] = await Promise.all(["a fox", "a fox", "a hen"].map(write));
  const told = (message: typeof story) => (message?.type === "complete" ? message.result : undefined);
  expect(told(story)).toBeDefined();
  expect(told(again)).toEqual(told(story));
  expect(told(other)).not.toEqual(told(story));
});

/** A token each 40 ms of a clock. */
const pacedBy = (clock: FakeClock): Model => ({
  async *streamTokens() {
    for (let n = 0; n < 50; n += 1) {
      const passed = Promise.withResolvers<void>();
      clock.after(40, passed.resolve);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await passed.promise;
      yield `${n} `;
    }
  },
});

test("the first token is shown at once, and those that follow at most ten times a second", async () => {
  const clock = createFakeClock();
  const work = runProcessor(writeStory, createWriteStory(pacedBy(clock), clock), { input, clock });
  await clock.advance(40);
  expect(work.chunks).toEqual(["0 "]);
  await clock.advance(5_000);
  const end = await work.end;
  if (end.status !== "completed") throw new Error(`It ended as ${end.status}.`);
  const messages = work.messages.filter(({ type }) => type === "chunk");
  // In two seconds: a token each 40 ms is a piece each 120 ms, and the rest.
  expect(messages).toHaveLength(18);
  expect(work.chunks.join("")).toBe(end.data.text);
  expect(end.data.tokens).toBe(50);
});

test("a cancellation stops the model, and what was written stays as it was", async () => {
  let stoppedBy: unknown;
  const begun = Promise.withResolvers<void>();
  const endless: Model = {
    async *streamTokens(_, signal) {
      yield "Once upon ";
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      stoppedBy = signal.reason;
      signal.throwIfAborted();
    },
  };
  const work = runProcessor(writeStory, createWriteStory(endless, systemClock), { input });
  await begun.promise;
  work.cancel("enough");
  expect(await work.end).toMatchObject({ status: "cancelled", reason: "enough" });
  expect(stoppedBy).toMatchObject({ code: "CANCELLED" });
  expect(work.chunks).toEqual(["Once upon "]);
});

test("the played model stops between two tokens when its signal is aborted", async () => {
  const abort = new AbortController();
  const tokens: string[] = [];
  const read = async (): Promise<void> => {
    for await (const token of quick.streamTokens("a fox", abort.signal)) {
      tokens.push(token);
      if (tokens.length === 3) abort.abort(new Error("enough"));
    }
  };
  await expect(read()).rejects.toThrow("enough");
  expect(tokens).toHaveLength(3);
});

test("a second attempt writes from the beginning", async () => {
  let calls = 0;
  const failingOnce: Model = {
    async *streamTokens(prompt, signal) {
      calls += 1;
      let n = 0;
      for await (const token of quick.streamTokens(prompt, signal)) {
        if (calls === 1 && (n += 1) > 10) throw new Error("The model went away.");
        yield token;
      }
    },
  };
  const run = createWriteStory(failingOnce, systemClock);
  const first = runProcessor(writeStory, run, { input });
  expect(await first.end).toMatchObject({ status: "retrying" });
  const second = runProcessor(writeStory, run, { input, after: first });
  expect(await second.end).toMatchObject({ status: "completed", data: { text: second.chunks.join("") } });
  expect(first.chunks).not.toEqual([]);
  expect(second.chunks.join("").startsWith(first.chunks.join(""))).toBe(true);
});
