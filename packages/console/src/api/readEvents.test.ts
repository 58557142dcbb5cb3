import { expect, test } from "vitest";
import { readEvents } from "./readEvents.ts";
import { createEventSource } from "./testing/eventSource.ts";
import { hopEvent } from "./testing/events.ts";

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

test("an event that comes in pieces, with either kind of line end, is one event", async () => {
  const source = createEventSource();
  const text = `data: ${JSON.stringify(hopEvent(1))}\r\n\r\ndata: ${JSON.stringify(hopEvent(2))}\n\n`;
  for (const character of text) source.write(character);
  source.end();
  expect(await all(readEvents(source.stream))).toEqual([hopEvent(1), hopEvent(2)]);
});

test("comments, other fields and what cannot be read are left out", async () => {
  const source = createEventSource();
  source.write(": still here\n\nevent: x\nid: 4\n\ndata: {broken\n\ndata: 7\n\ndata: null\n\n");
  source.send(hopEvent(1));
  source.end();
  expect(await all(readEvents(source.stream))).toEqual([hopEvent(1)]);
});

test("whoever stops reading ends the stream", async () => {
  const source = createEventSource();
  source.send(hopEvent(1), hopEvent(2));
  for await (const event of readEvents(source.stream)) {
    expect(event).toEqual(hopEvent(1));
    break;
  }
  expect(source.cancelled).toBe(true);
});
