import type { UpdateMessage } from "@streamer/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { progress, sequenceOf } from "../testing/setup.ts";
import { UpdateFeed } from "./updateFeed.ts";

function sequences(feed: UpdateFeed): number[] {
  return feed.updates.map(({ sequence }) => sequence);
}

test("updates in order are taken", () => {
  const feed = new UpdateFeed();
  expect([feed.take(progress(1)), feed.take(progress(2))]).toEqual(["taken", "taken"]);
});

test("an update that arrives behind its successor comes from the replay, once", () => {
  const feed = new UpdateFeed();
  expect(feed.take(progress(2))).toBe("gap");
  feed.asked();
  expect(feed.take(progress(1))).toBe("held");
  feed.takePage([progress(1), progress(2)]);
  feed.endReplay();
  expect(sequences(feed)).toEqual([sequenceOf(1), sequenceOf(2)]);
});

test("a predecessor that the replay does not bring is given up, so that asking has an end", () => {
  const feed = new UpdateFeed();
  expect(feed.take(progress(5))).toBe("gap");
  feed.asked();
  feed.takePage([]);
  feed.endReplay();
  expect(feed.replaying).toBe(false);
  expect(feed.updates).toMatchObject([
    { type: "gap", sequence: sequenceOf(4), attempt: 1, from: 1, to: sequenceOf(4), snapshot: undefined },
    { type: "progress", sequence: sequenceOf(5) },
  ]);
});

test("a page that was asked for before the gap was seen does not make it one: it is asked for again", () => {
  const feed = new UpdateFeed();
  feed.asked();
  feed.take(progress(1));
  expect(feed.take(progress(3))).toBe("gap");
  feed.takePage([progress(1)]);
  feed.endReplay();
  expect(feed.replaying).toBe(true);
  feed.asked();
  feed.takePage([progress(2), progress(3)]);
  feed.endReplay();
  expect(sequences(feed)).toEqual([1, 2, 3].map((n) => sequenceOf(n)));
});

test("what a page jumps over is a gap, once, and only what was not seen of it", () => {
  const feed = new UpdateFeed();
  feed.take(progress(1));
  feed.beginReplay();
  feed.skipTo(sequenceOf(3), sequenceOf(1));
  feed.takePage([progress(4), progress(7)]);
  feed.endReplay();
  expect(feed.updates.map(({ type, sequence, ...rest }) => [type, sequence, "from" in rest ? rest.from : undefined])).toEqual([
    ["progress", sequenceOf(1), undefined],
    ["gap", sequenceOf(3), sequenceOf(2)],
    ["progress", sequenceOf(4), undefined],
    ["gap", sequenceOf(6), sequenceOf(5)],
    ["progress", sequenceOf(7), undefined],
  ]);
});

test("a second gap among what was held asks again, once, from what the replay brought", () => {
  const feed = new UpdateFeed();
  feed.take(progress(3));
  feed.take(progress(6));
  feed.asked();
  feed.takePage([progress(1), progress(2), progress(3)]);
  feed.endReplay();
  expect(feed.replaying).toBe(true);
  expect(feed.lastSequence).toBe(sequenceOf(3));
  feed.takePage([progress(4), progress(5), progress(6)]);
  feed.endReplay();
  expect(feed.replaying).toBe(false);
  expect(sequences(feed)).toEqual([1, 2, 3, 4, 5, 6].map((n) => sequenceOf(n)));
});

test("the first update of an attempt follows the last stored one of the attempt before", () => {
  const feed = new UpdateFeed();
  feed.take(progress(1));
  expect(feed.take(progress(1, { attempt: 2, previous: sequenceOf(1) }))).toBe("taken");
});

test("whatever is lost, doubled or swapped on the way, every stored update is shown once and in order", () => {
  const stored = Array.from({ length: 12 }, (_, index) => progress(index + 1));
  // How each update arrives: not at all, once or twice, how late, and whether a subscription is answered right after it.
  const arrival = fc.record({ times: fc.integer({ min: 0, max: 2 }), late: fc.integer({ min: 0, max: 3 }), answered: fc.boolean() });
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 12, maxLength: 12 }), (arrivals) => {
      const live = stored
        .flatMap((update, index) => Array.from({ length: arrivals[index]?.times ?? 0 }, () => ({ update, ...arrivals[index] })))
        .toSorted((a, b) => a.update.sequence + (a.late ?? 0) - b.update.sequence - (b.late ?? 0));
      const feed = new UpdateFeed();
      let storedUpTo = 0;
      for (const { update, answered } of live) {
        storedUpTo = Math.max(storedUpTo, update.sequence);
        feed.take(update);
        if (answered === true) replay(feed, stored, storedUpTo);
      }
      replay(feed, stored, storedUpTo);
      expect(feed.replaying).toBe(false);
      expect(sequences(feed)).toEqual(stored.map(({ sequence }) => sequence).filter((sequence) => sequence <= storedUpTo));
    }),
  );
});

/** What the server does, until nothing is wanted any more: pages of two. */
function replay(feed: UpdateFeed, stored: readonly UpdateMessage[], upTo: number): void {
  while (feed.replaying) {
    feed.asked();
    const missing = stored.filter(({ sequence }) => sequence > feed.lastSequence && sequence <= upTo);
    feed.takePage(missing.slice(0, 2));
    if (missing.length <= 2) feed.endReplay();
  }
}
