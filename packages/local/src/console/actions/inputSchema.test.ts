import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import { expect, test } from "vitest";
import { inputSchemaOf } from "./inputSchema.ts";

test("a form can be made of what clients send: its rules, defaults and choices", () => {
  const input = v.object({
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(20)),
    format: v.optional(v.picklist(["pdf", "csv"]), "pdf"),
    count: v.pipe(v.number(), v.integer(), v.minValue(1)),
  });
  expect(inputSchemaOf({ name: "a", input })).toEqual({
    inputSchema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        name: { type: "string", minLength: 1, maxLength: 20 },
        format: { enum: ["pdf", "csv"], type: "string", default: "pdf" },
        count: { type: "integer", minimum: 1 },
      },
      required: ["name", "count"],
    },
  });
});

test("rules that JSON Schema has no words for are left out, and a part that only code can check may be anything", () => {
  const input = v.pipe(
    v.object({ from: v.string(), to: v.pipe(v.string(), v.transform(Number)), where: v.custom<string>(() => true) }),
    v.check(({ from }) => from !== ""),
  );
  expect(inputSchemaOf({ name: "a", input }).inputSchema).toMatchObject({
    properties: { from: { type: "string" }, to: { type: "string" }, where: {} },
    required: ["from", "to", "where"],
  });
});

test.each([
  ["a date", v.object({ at: v.date() })],
  ["a large number", v.bigint()],
  ["code alone", v.custom<string>(() => true)],
])("%s has no form, and a sentence says so", (_, input) => {
  const { inputSchema, noSchemaReason } = inputSchemaOf({ name: "stamp", input });
  expect(inputSchema).toBeUndefined();
  expect(noSchemaReason).toMatch(/^The input of stamp has no form as JSON Schema: .*\. Write the payload as JSON\.$/);
});

test("a schema of another library has no form, and a sentence names the library", () => {
  const input: StandardSchemaV1<string> = {
    "~standard": { version: 1, vendor: "other", validate: (value) => ({ value: value as string }) },
  };
  expect(inputSchemaOf({ name: "a", input })).toEqual({
    noSchemaReason: "The input of a is a schema of other. Forms are made of valibot schemas only; write the payload as JSON.",
  });
});
