import { expect, test } from "vitest";
import { nodeOf } from "./schema.ts";
import type { JsonSchema } from "./schema.ts";
import { OPERATIONS, TREE } from "./testing/schemas.ts";

test.each<[string, JsonSchema, object]>([
  ["a text", { type: "string", maxLength: 4 }, { kind: "text", form: "line", maxLength: 4 }],
  ["a date by its format", { type: "string", format: "date" }, { kind: "text", form: "date" }],
  ["a date by its pattern", { type: "string", pattern: String.raw`^\d{4}-\d{2}-\d{2}$` }, { kind: "text", form: "date" }],
  ["a whole number", { type: "integer", minimum: 1, maximum: 9 }, { kind: "number", integer: true, minimum: 1, maximum: 9 }],
  ["yes or no", { type: "boolean", default: true, title: "Charts" }, { kind: "boolean", fallback: true, title: "Charts" }],
  ["a choice", { enum: ["a", 1, null] }, { kind: "choice", options: ["a", 1, null] }],
  ["a union of constants", { anyOf: [{ const: "a" }, { type: "null" }] }, { kind: "choice", options: ["a", null] }],
  ["a constant", { const: 7 }, { kind: "constant", value: 7 }],
  ["several types", { type: ["string", "number"] }, { kind: "union" }],
  ["a list", { type: "array", items: { type: "string" } }, { kind: "list", item: { type: "string" } }],
  ["a list of anything", { type: "array", items: {} }, { kind: "json" }],
  ["a tuple", { type: "array", prefixItems: [{ type: "string" }], items: { type: "string" } }, { kind: "json" }],
  ["a record", { type: "object", properties: {}, additionalProperties: { type: "number" } }, { kind: "json" }],
  ["anything", {}, { kind: "json" }],
  ["a type that there is not", { type: "date" }, { kind: "json" }],
])("%s", (_, schema, node) => {
  expect(nodeOf(schema, schema)).toMatchObject(node);
});

test("an object has its properties in order, and tells which must be there", () => {
  expect(nodeOf(OPERATIONS, OPERATIONS)).toMatchObject({
    kind: "object",
    properties: [
      { name: "format", required: true },
      { name: "operations", required: false },
      { name: "output", required: false },
    ],
  });
});

test("references are followed within the schema, also into itself", () => {
  const root = nodeOf(TREE, TREE);
  const children = root.kind === "object" ? root.properties[1]?.schema : undefined;
  const list = nodeOf(children ?? {}, TREE);
  expect(list.kind === "list" && nodeOf(list.item, TREE).kind).toBe("object");
});

test.each(["#/$defs/none", "https://example.com/schema", "#/__proto__/x", "#/$defs/loop"])(
  "the reference %s leads to an editor for JSON",
  ($ref) => {
    expect(nodeOf({ $ref }, { $ref, $defs: { loop: { $ref: "#/$defs/loop" } } }).kind).toBe("json");
  },
);
