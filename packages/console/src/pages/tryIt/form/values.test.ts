import { expect, test } from "vitest";
import { fits, optionOf } from "./fits.ts";
import { initialValue } from "./initialValue.ts";
import { withValueAt } from "./paths.ts";
import { readJson } from "./readJson.ts";
import { isSchema, nodeOf } from "./schema.ts";
import type { JsonSchema } from "./schema.ts";
import { OPERATIONS, TREE } from "./testing/schemas.ts";
import { hintOf, optionTitle } from "./texts.ts";

const operations = OPERATIONS["properties"] as { readonly operations: { readonly items: { readonly oneOf: readonly JsonSchema[] } } };
const { oneOf } = operations.operations.items;

test("a form begins with what must be there, and leaves the rest out", () => {
  expect(initialValue(OPERATIONS, OPERATIONS)).toEqual({ format: "csv" });
  expect(initialValue(TREE, TREE)).toEqual({ name: "", children: [] });
  expect(initialValue(oneOf[1] ?? {}, OPERATIONS)).toEqual({ op: "sort", by: [] });
});

test("a schema that must contain itself for ever still has a beginning", () => {
  const endless = { type: "object", properties: { inner: { $ref: "#" } }, required: ["inner"] };
  expect(isSchema(initialValue(endless, endless))).toBe(true);
});

test.each([
  [{ op: "filter", where: { column: "a" } }, 0],
  [{ op: "sort", by: ["a"] }, 1],
  // As it is being filled in.
  [{ op: "sort", by: [7] }, 1],
  [{ op: "none" }, 0],
  [undefined, 0],
])("%j is option %i of the union", (value, index) => {
  expect(optionOf(value, oneOf, OPERATIONS)).toBe(index);
});

test("a value fits its schema, and one with an unknown or a missing property does not", () => {
  expect(fits({ format: "csv", operations: [{ op: "sort", by: [] }] }, OPERATIONS, OPERATIONS)).toBe(true);
  expect(fits({ format: "csv", more: 1 }, OPERATIONS, OPERATIONS)).toBe(false);
  expect(fits({ operations: [] }, OPERATIONS, OPERATIONS)).toBe(false);
  expect(fits({ format: "xml" }, OPERATIONS, OPERATIONS)).toBe(false);
});

test("setting a value changes nothing else, keeps the order, and undefined leaves a property out", () => {
  const before = { a: 1, b: { list: [{ x: 1 }, { x: 2 }] }, c: 3 };
  const after = withValueAt(before, ["b", "list", 1, "x"], 9);
  expect(JSON.stringify(after)).toBe('{"a":1,"b":{"list":[{"x":1},{"x":9}]},"c":3}');
  expect(before.b.list[1]).toEqual({ x: 2 });
  expect(withValueAt(before, ["b"], undefined)).toEqual({ a: 1, c: 3 });
  expect(withValueAt(undefined, ["new", 0, "x"], 1)).toEqual({ new: [{ x: 1 }] });
});

test("a text is read as JSON, an empty one as nothing, and what is none says so", () => {
  expect(readJson('{"a":[1]}')).toEqual({ value: { a: [1] }, problem: undefined });
  expect(readJson("  ")).toEqual({ value: undefined, problem: undefined });
  expect(readJson("{").problem).toMatch(/^This is no JSON yet/);
});

test("options are called by what tells them apart, and numbers say their limits", () => {
  expect(oneOf.map((option, index) => optionTitle(option, OPERATIONS, index))).toEqual(["Filter", "Sort"]);
  const sum = { type: "object", properties: { fn: { enum: ["sum", "avg"] }, column: { type: "string" } } };
  expect(optionTitle(sum, sum, 0)).toBe("sum / avg");
  const hint = (schema: JsonSchema): string | undefined => hintOf(nodeOf(schema, schema));
  expect(hint({ type: "integer", minimum: 1, maximum: 1_000, description: "How many." })).toBe("How many. 1 to 1,000.");
  expect(hint({ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toBeUndefined();
});
