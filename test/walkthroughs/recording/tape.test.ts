import { createFakeClock } from "@streamer/protocol/testing";
import { expect, it } from "vitest";
import { webVtt } from "./captions.ts";
import { compose } from "./compose.ts";
import { createTape } from "./tape.ts";

async function record(): Promise<ReturnType<ReturnType<typeof createTape>["end"]>> {
  const clock = createFakeClock();
  const tape = createTape({ clock });
  tape.picture("first");
  tape.caption("It begins.");
  tape.beginRest();
  await clock.advance(1_000);
  tape.endRest();
  await clock.advance(60_000);
  tape.picture("while it is waited for");
  tape.picture("come at last");
  tape.beginRest();
  tape.markPoster();
  tape.caption("It goes on.");
  tape.movePointer({ x: 100, y: 50 }, 400);
  await clock.advance(400);
  tape.press();
  await clock.advance(600);
  return tape.end();
}

it("of the time between two rests a second is shown, and its last picture is what the film goes on with", async () => {
  const { durationMs, pictures, posterAtMs } = await record();
  expect(durationMs).toBe(3_000);
  expect(posterAtMs).toBe(2_000);
  expect(pictures).toEqual([
    { atMs: 0, jpeg: "first" },
    { atMs: 2_000, jpeg: "come at last" },
  ]);
});

it("each caption stands until the next, and the last until the end", async () => {
  const { captions } = await record();
  expect(webVtt("A film", captions)).toBe(
    "WEBVTT - A film\n\n00:00:00.000 --> 00:00:02.000\nIt begins.\n\n00:00:02.000 --> 00:00:03.000\nIt goes on.\n",
  );
});

it("a film is composed of what changes: the page, the words, the pointer on its way", async () => {
  const composed = compose(await record());
  expect(composed.map(({ atMs }) => atMs)).toEqual(composed.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
  expect(composed[0]).toEqual({ atMs: 0, picture: 0, caption: "It begins.", pointer: undefined });
  expect(composed.filter(({ atMs }) => atMs >= 2_000 && atMs <= 2_400)).toHaveLength(11);
  expect(composed.find(({ pointer }) => pointer?.pressed === true)).toEqual({
    atMs: 2_400,
    picture: 1,
    caption: "It goes on.",
    pointer: { x: 100, y: 50, pressed: true },
  });
  expect(composed.at(-1)?.atMs).toBe(3_000);
});
