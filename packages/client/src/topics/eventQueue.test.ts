import { ServiceUnavailableError } from "@streamer/protocol";
import { expect, test } from "vitest";
import { EventQueue } from "./eventQueue.ts";

const event = (id: number) => ({ id: String(id), data: id, timestamp: 1 });

function setUp(maxWaiting = 1_000) {
  let ended = 0;
  const queue = new EventQueue<number>(maxWaiting, () => (ended += 1));
  return { queue, ended: () => ended };
}

async function rest(queue: EventQueue<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const { data } of queue) found.push(data);
  return found;
}

test("events that came before they are asked for wait, in order", async () => {
  const { queue, ended } = setUp();
  for (const n of [1, 2, 3]) queue.push(event(n));
  queue.end();
  expect(await rest(queue)).toEqual([1, 2, 3]);
  expect([queue.dropped, ended()]).toEqual([0, 1]);
});

test("of a consumer that is too slow the oldest are dropped, and counted", async () => {
  const { queue } = setUp(2);
  for (const n of [1, 2, 3, 4]) queue.push(event(n));
  expect(queue.dropped).toBe(2);
  queue.end();
  expect(await rest(queue)).toEqual([3, 4]);
});

test("who asks before there is an event gets the next, each its own", async () => {
  const { queue } = setUp();
  const asked = [queue.next(), queue.next(), queue.next()];
  queue.push(event(1));
  queue.push(event(2));
  queue.end();
  expect(await Promise.all(asked)).toEqual([
    { done: false, value: event(1) },
    { done: false, value: event(2) },
    { done: true, value: undefined },
  ]);
});

test("an error is thrown once, after what waits", async () => {
  const error = new ServiceUnavailableError();
  const { queue } = setUp();
  queue.push(event(1));
  queue.end(error);
  expect(await queue.next()).toMatchObject({ value: { data: 1 } });
  await expect(queue.next()).rejects.toBe(error);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
  const waited = setUp();
  const asked = [waited.queue.next(), waited.queue.next()];
  waited.queue.end(error);
  expect(await Promise.allSettled(asked)).toMatchObject([{ reason: error }, { value: { done: true } }]);
});

test("leaving the loop ends it: nothing more is kept", async () => {
  const { queue, ended } = setUp();
  for (const n of [1, 2]) queue.push(event(n));
  for await (const { data } of queue) if (data === 1) break;
  queue.push(event(3));
  expect(ended()).toBe(1);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

test.each([0, -1, Number.NaN])("room for %s events is refused", (maxWaiting) => {
  expect(() => setUp(maxWaiting)).toThrow("maxWaiting");
});
