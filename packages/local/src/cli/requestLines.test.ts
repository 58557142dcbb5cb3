import { expect, test } from "vitest";
import type { RequestChange } from "../hops/index.ts";
import { requestLine } from "./requestLines.ts";

const plain = (_: string, text: string): string => text;
const change: RequestChange = {
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  tenantId: "acme",
  requestId: "0123456789abcdef",
  action: "generate_report",
  userId: "ada",
  status: "completed",
  durationMs: 2_310,
  attempts: 1,
};

test("a request that ended is one line of at most 80 columns", () => {
  const line = requestLine(change, plain);
  expect(line).toBe("03:04:05  completed  generate_report     ada         …9abcdef     2.3 s");
  expect(line.length).toBeLessThanOrEqual(80);
});

test("more attempts than one, and a code, stand behind it", () => {
  const line = requestLine({ ...change, status: "failed", attempts: 4, code: "TIMEOUT" }, plain);
  expect(line).toMatch(/^03:04:05 {2}failed .* 4 attempts {2}TIMEOUT$/);
});

test("long names are cut, and what would steer the terminal is written out", () => {
  const line = requestLine({ ...change, action: "\u001B[2J", userId: "a-person-with-a-long-name" }, plain);
  expect(line).toContain(String.raw`\u{1b}[2J`);
  expect(line).toContain("a-person-…");
  expect(line).not.toContain("\u001B");
});

test("what is not known is left out", () => {
  expect(requestLine({ ...change, userId: undefined, durationMs: undefined, status: "retrying", requestId: "b.7" }, plain)).toBe(
    "03:04:05  retrying   generate_report                 b.7",
  );
});

test("only time and status are coloured", () => {
  const painted: string[] = [];
  requestLine(change, (colour, text) => {
    painted.push(`${colour} ${text.trim()}`);
    return text;
  });
  expect(painted).toEqual(["gray 03:04:05", "green completed"]);
});
