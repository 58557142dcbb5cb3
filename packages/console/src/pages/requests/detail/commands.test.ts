import { ERROR_CODES } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import { commandsOf } from "./commands.ts";
import { failureAdvice } from "./failureAdvice.ts";
import { linksIn } from "./linksIn.ts";

test.each([
  ["pending", undefined, ["cancel"]],
  ["processing", undefined, ["kill-worker", "cancel"]],
  ["processing", 5, ["kill-worker"]],
  ["retrying", undefined, ["cancel"]],
  ["completed", undefined, []],
  ["failed", undefined, ["redrive"]],
  ["cancelled", 5, ["redrive"]],
] as const)("a %s request (its end asked for at %s) can be told to %j", (status, cancelRequestedAt, expected) => {
  const commands = commandsOf({ status, ...(cancelRequestedAt === undefined ? {} : { cancelRequestedAt }) });
  expect(commands.map(({ command }) => command)).toEqual(expected);
});

describe("advice on a failure", () => {
  test.each(ERROR_CODES)("%s has the sentence that the client was told, and one that says what to do", (code) => {
    const { told, advice } = failureAdvice(code);
    expect(told).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
    expect(advice).not.toBe(told);
  });

  test.each(["OUT_OF_COFFEE", "constructor"])("of a code that the protocol does not have (%s) there is some, too", (code) => {
    expect(failureAdvice(code).told).toBe("The action failed with a code of its own.");
  });
});

describe("addresses in a result", () => {
  test("are found wherever they stand, by the name of their field", () => {
    const result = { url: "https://files.test/a.pdf", note: "see https://files.test", files: ["http://files.test/b", 7, null] };
    expect(linksIn(result)).toEqual([
      { name: "url", url: "https://files.test/a.pdf" },
      { name: "files.0", url: "http://files.test/b" },
    ]);
    expect(linksIn("https://files.test/a")).toEqual([{ name: "the file", url: "https://files.test/a" }]);
  });

  test("of other kinds are none: a link must run nothing", () => {
    expect(linksIn({ a: "javascript:alert(1)", b: "data:text/html,x", c: "file:///etc/passwd" })).toEqual([]);
  });

  test("are six at most", () => {
    expect(linksIn(Array.from({ length: 50 }, (_, index) => `https://files.test/${index}`))).toHaveLength(6);
  });
});
