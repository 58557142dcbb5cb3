import { expect, it } from "vitest";
import { columns, printable } from "./columns.ts";

it("each column is as wide as its longest text, and no line ends in blanks", () => {
  expect(
    columns(
      ["A", "LONG HEAD", "C"],
      [
        ["1", "2", "3"],
        ["longer", "", ""],
      ],
    ),
  ).toBe("A       LONG HEAD  C\n1       2          3\nlonger\n");
});

it("without rows there are the heads", () => {
  expect(columns(["A", "B"], [])).toBe("A  B\n");
});

it.each([
  ["an escape sequence", "\u001B[2Jada", "\\u{1b}[2Jada"],
  ["a new line", "ada\nbob", "ada\\u{a}bob"],
  ["a change of direction", "ada\u202Ebob", "ada\\u{202e}bob"],
  ["letters of any language", "Ünïcödé 名前", "Ünïcödé 名前"],
])("%s is written so that it does nothing", (_, text, shown) => expect(printable(text)).toBe(shown));
