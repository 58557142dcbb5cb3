import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { defineAction, defineActions, isAsync } from "./action.ts";
import type { ActionKey, ChunkOf, EmitOf, InputOf, OutputOf, ParsedInputOf, ProgressOf, ReturnOf, SyncKeys } from "./action.ts";

/** What the compiler makes of actions: `tsc` fails where these do not hold. */

const input = v.object({ start: v.string(), format: v.optional(v.picklist(["pdf", "csv"]), "pdf") });
const output = v.object({ size: v.pipe(v.string(), v.transform(Number)) });
const short = { input: v.object({}), output: v.string() };

const generateReport = defineAction("generate_report", {
  input,
  output,
  progress: v.object({ stage: v.picklist(["query", "render"]) }),
  estimatedDuration: "2 minutes",
});
const echo = defineAction("echo", { ...short, estimatedDuration: "10 milliseconds" });
type Report = typeof generateReport;

test("what a client sends may leave defaults out, what a handler gets has them", () => {
  expectTypeOf<InputOf<Report>>().toEqualTypeOf<{ start: string; format?: "pdf" | "csv" | undefined }>();
  expectTypeOf<ParsedInputOf<Report>>().toEqualTypeOf<{ start: string; format: "pdf" | "csv" }>();
});

test("what a handler returns is what the schema takes, what a client receives is what it gives", () => {
  expectTypeOf<ReturnOf<Report>>().toEqualTypeOf<{ size: string }>();
  expectTypeOf<OutputOf<Report>>().toEqualTypeOf<{ size: number }>();
});

test("progress metadata is typed when the action says so, and absent when it does not", () => {
  expectTypeOf<ProgressOf<Report>>().toEqualTypeOf<{ stage: "query" | "render" }>();
  expectTypeOf<ProgressOf<typeof echo>>().toEqualTypeOf<never>();
});

test("a chunk's values are typed when the action says so: what a handler emits, and what clients receive", () => {
  const draft = defineAction("write_draft", { ...short, chunk: output, estimatedDuration: "1 minute" });
  expectTypeOf<EmitOf<typeof draft>>().toEqualTypeOf<{ size: string }>();
  expectTypeOf<ChunkOf<typeof draft>>().toEqualTypeOf<{ size: number }>();
  expectTypeOf<ChunkOf<Report>>().toEqualTypeOf<never>();
  expectTypeOf<EmitOf<Report>>().toEqualTypeOf<never>();
});

test("the key of an action is the camelCase of its name", () => {
  expectTypeOf<ActionKey<"echo">>().toEqualTypeOf<"echo">();
  expectTypeOf<ActionKey<"generate_report">>().toEqualTypeOf<"generateReport">();
  expectTypeOf<ActionKey<"top10_users">>().toEqualTypeOf<"top10Users">();
});

test("names and estimates are kept as literals", () => {
  expectTypeOf(generateReport.name).toEqualTypeOf<"generate_report">();
  expectTypeOf(generateReport.estimatedDuration).toEqualTypeOf<"2 minutes">();
});

test("the compiler and the running system agree on which actions are synchronous", () => {
  const at = <const D extends Parameters<typeof defineAction>[1]["estimatedDuration"]>(estimatedDuration: D) =>
    defineAction("sample", { ...short, estimatedDuration });
  const samples = {
    milliseconds: at("999 milliseconds"),
    fiveSeconds: at("5 seconds"),
    oneSecond: at("1 second"),
    fraction: at("4.99 seconds"),
    overFive: at("5.01 seconds"),
    six: at("6 seconds"),
    ten: at("10.5 seconds"),
    minute: at("1 minute"),
    halfMinute: at("0.5 minutes"),
    hour: at("1 hour"),
    day: at("1 day"),
  };
  expectTypeOf<SyncKeys<typeof samples>>().toEqualTypeOf<"milliseconds" | "fiveSeconds" | "oneSecond" | "fraction">();
  const synchronous = Object.entries(samples).flatMap(([key, action]) => (isAsync(action) ? [] : key));
  expect(synchronous).toEqual(["milliseconds", "fiveSeconds", "oneSecond", "fraction"]);
});

test("a list takes only the right keys", () => {
  const actions = defineActions({ echo, generateReport });
  expectTypeOf<SyncKeys<typeof actions>>().toEqualTypeOf<"echo">();
  // @ts-expect-error the key must be the camelCase of the name
  expect(() => defineActions({ generate_report: generateReport })).toThrow(RangeError);
});

test("an estimate must be a duration, the schemas Standard Schemas", () => {
  // @ts-expect-error weeks are no unit
  expect(() => defineAction("echo", { ...short, estimatedDuration: "2 weeks" })).toThrow(RangeError);
  // @ts-expect-error memory is written with its unit
  defineAction("echo", { ...short, estimatedDuration: "1 second", memory: "512" });
  // @ts-expect-error a plain object is no schema
  defineAction("echo", { ...short, input: { start: "string" }, estimatedDuration: "1 second" });
  expect.assertions(1);
});
