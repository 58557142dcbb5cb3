import type { RequestHandle } from "@streamer/client";
import { expect, it } from "vitest";
import { jsonLines, liveBars, printedBars, safeJson } from "./reporters.ts";
import type { Story } from "./story.ts";

const handle = (fields: Partial<RequestHandle> = {}) =>
  ({ id: "r1", correlationId: "c1", status: "running", attempt: 1, stale: false, retryAt: undefined, ...fields }) as RequestHandle;
const story = (fields: Partial<Story> = {}): Story => ({
  handle: handle(),
  index: 0,
  percentage: 30,
  message: "Querying",
  end: undefined,
  durationMs: undefined,
  ...fields,
});
const progress = {
  type: "progress",
  sequence: 1,
  attempt: 1,
  percentage: 30,
  message: "Querying",
  metadata: undefined,
  timestamp: 1,
} as const;

function recorder() {
  const writes: string[] = [];
  return { writes, write: (text: string) => writes.push(text), columns: 80, rows: 24 };
}

it("bars on a terminal are written over: back to the first line, and all below cleared", () => {
  const terminal = recorder();
  const bars = liveBars(terminal, 2);
  bars.update(story({ index: 1 }), progress);
  const bar = (full: number) => "█".repeat(full) + "░".repeat(50 - full);
  const first = `#1 Progress: ${bar(0)} 0%\n   Status: Submitting\n`;
  expect(terminal.writes[0]).toBe(`\r\u001B[J${first}#2 Progress: ${bar(0)} 0%\n   Status: Submitting\n`);
  expect(terminal.writes[1]).toBe(`\u001B[4A\r\u001B[J${first}#2 Progress: ${bar(15)} 30%\n   Status: Querying\n`);
});

it("what the work emits stands above the bars and stays", () => {
  const terminal = recorder();
  liveBars(terminal, 1).update(story(), { type: "chunk", sequence: 2, attempt: 1, data: ["a\u001B[2J", { b: 1 }] });
  expect(terminal.writes[1]?.startsWith('\u001B[2A\r\u001B[J"a\\u001b[2J"\n{"b":1}\nProgress: ')).toBe(true);
});

it("where nothing can be written over, a step is two lines, and what does not change is not said again", () => {
  const output = recorder();
  const bars = printedBars(output, 1);
  bars.update(story(), progress);
  bars.changed(story());
  bars.ended(story({ percentage: 100, durationMs: 4_210, end: { result: 1 } }), { result: 1 });
  expect(output.writes).toEqual([
    `Progress: ${"█".repeat(15)}${"░".repeat(35)} 30%\nStatus: Querying\n`,
    `Progress: ${"█".repeat(50)} 100%\nStatus: Completed in 4.2 s\n`,
  ]);
});

it("a bar tells of a lost connection, of another attempt, and of the time it is waited for", () => {
  const output = recorder();
  const bars = printedBars(output, 1);
  bars.changed(story({ handle: handle({ stale: true }) }));
  bars.changed(story({ handle: handle({ status: "retrying", retryAt: new Date("2024-04-01T12:00:03Z") }) }));
  bars.changed(story({ handle: handle({ attempt: 2 }) }));
  expect(output.writes.map((text) => text.split("\n")[1])).toEqual([
    "Status: Querying (reconnecting …)",
    "Status: Waiting to try again, at 12:00:03 UTC",
    "Status: Querying (attempt 2)",
  ]);
});

it("as JSON each thing that happens is a line", () => {
  const output = recorder();
  const lines = jsonLines(output);
  lines.accepted(story());
  lines.changed(story());
  lines.changed(story({ handle: handle({ stale: true }) }));
  lines.update(story(), progress);
  lines.ended(story({ durationMs: 7.4 }), { result: { a: 1 } });
  expect(output.writes.map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: "accepted", request_id: "r1", correlation_id: "c1" },
    { type: "status", request_id: "r1", status: "running", attempt: 1 },
    { type: "progress", request_id: "r1", sequence: 1, attempt: 1, percentage: 30, message: "Querying", timestamp: 1 },
    { type: "completed", request_id: "r1", result: { a: 1 }, duration_ms: 7 },
  ]);
});

it("JSON for a terminal is the same value, without what commands one", () => {
  const value = { text: "\u009B2J\u202E\u001B[0m\nü" };
  expect(safeJson(value)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(safeJson(value, 2))).toEqual(value);
});
