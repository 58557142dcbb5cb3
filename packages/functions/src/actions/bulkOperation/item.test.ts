import { expect, test } from "vitest";
import { FAILURE_MESSAGES, sortOut } from "./item.ts";
import type { ItemFailureCode } from "./item.ts";
import { MAX_ITEM_BYTES } from "./limits.ts";

const put = (...items: unknown[]) => sortOut("put", items);

test.each<[string, unknown, ItemFailureCode]>([
  ["no object", "a", "INVALID_ITEM"],
  ["nothing", null, "INVALID_ITEM"],
  ["without an id", { data: {} }, "INVALID_ITEM"],
  ["with an id that could be two parts of a key", { id: "a#b", data: {} }, "INVALID_ITEM"],
  ["with an id that is too long", { id: "x".repeat(65), data: {} }, "INVALID_ITEM"],
  ["without data", { id: "a" }, "INVALID_ITEM"],
  ["with data that is a list", { id: "a", data: [] }, "INVALID_ITEM"],
  ["too large", { id: "a", data: { text: "ü".repeat(MAX_ITEM_BYTES / 2) } }, "ITEM_TOO_LARGE"],
])("an item that is %s cannot be put, and costs no other", (_, bad, code) => {
  const { writable, failures } = put({ id: "first", data: {} }, bad, { id: "last", data: { n: 1 } });
  expect(writable).toEqual([
    { index: 0, id: "first", data: "{}" },
    { index: 2, id: "last", data: '{"n":1}' },
  ]);
  expect(failures).toMatchObject([{ index: 1, code }]);
  expect(FAILURE_MESSAGES[code]).not.toBe("");
});

test("data may have as many bytes as its limit", () => {
  const text = "x".repeat(MAX_ITEM_BYTES - '{"t":""}'.length);
  expect(put({ id: "a", data: { t: text } }).failures).toEqual([]);
  expect(put({ id: "a", data: { t: `${text}x` } }).failures).toEqual([{ index: 0, id: "a", code: "ITEM_TOO_LARGE" }]);
});

test("of items with one id the first that can be written is, and each other is named", () => {
  const { writable, failures } = put({ id: "a" }, { id: "a", data: { n: 1 } }, { id: "a", data: { n: 2 } });
  expect(writable.map(({ index }) => index)).toEqual([1]);
  expect(failures.map(({ index, code }) => [index, code])).toEqual([
    [0, "INVALID_ITEM"],
    [2, "DUPLICATE_ID"],
  ]);
});

test("a deletion needs an id and no data", () => {
  expect(sortOut("delete", [{ id: "a" }, { id: "b", data: 5 }])).toMatchObject({
    writable: [{ id: "a", data: "" }, { id: "b" }],
    failures: [],
  });
});
