import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import { expect, test } from "vitest";
import { ValidationError } from "./errors.ts";
import type { ValidationIssue } from "./validate.ts";
import { parse } from "./validate.ts";

async function issuesOf(promise: Promise<unknown>): Promise<readonly ValidationIssue[]> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ValidationError)) throw new Error("the value was accepted");
  return error.details?.["issues"] as readonly ValidationIssue[];
}

test("a value that fits comes back as the schema gives it", async () => {
  expect(await parse(v.object({ format: v.optional(v.picklist(["pdf", "csv"]), "pdf") }), {})).toEqual({ format: "pdf" });
});

test("each issue names its place by a dot path", async () => {
  const schema = v.object({ rows: v.array(v.object({ name: v.string() })), title: v.string() });
  const issues = await issuesOf(parse(schema, { rows: [{ name: "a" }, { name: 2 }] }));
  expect(issues.map(({ path }) => path)).toEqual(["rows.1.name", "title"]);
  expect(issues[0]?.message).toContain("string");
});

test("an issue of the value itself has an empty path", async () => {
  expect(await issuesOf(parse(v.string(), 1))).toMatchObject([{ path: "" }]);
});

test("any Standard Schema will do, also one that answers later and writes paths its own way", async () => {
  const schema: StandardSchemaV1<unknown, number> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => Promise.resolve(value === 1 ? { value: 2 } : { issues: [{ message: "one, please", path: ["a", { key: 0 }] }] }),
    },
  };
  expect(await parse(schema, 1)).toBe(2);
  expect(await issuesOf(parse(schema, 2))).toEqual([{ path: "a.0", message: "one, please" }]);
});

test("at most 20 issues are listed, each text cut to 256 characters, so that the error fits into a message", async () => {
  const schema = v.record(
    v.string(),
    v.record(
      v.string(),
      v.pipe(
        v.number(),
        v.check(() => false, "m".repeat(1_000)),
      ),
    ),
  );
  const value = { ["k".repeat(30_000)]: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, index])) };
  const issues = await issuesOf(parse(schema, value));
  expect(issues).toHaveLength(20);
  expect(issues.every(({ path, message }) => path.length === 256 && message.length === 256)).toBe(true);
});
