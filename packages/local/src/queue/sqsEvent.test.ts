import { expect, test } from "vitest";
import { failedMessageIds } from "./sqsEvent.ts";

const ids = ["m1", "m2"];
const failure = (itemIdentifier: unknown) => ({ batchItemFailures: [{ itemIdentifier }] });

test.each([
  ["nothing", undefined],
  ["null", null],
  ["an empty object", {}],
  ["an empty list", { batchItemFailures: [] }],
  ["a null list", { batchItemFailures: null }],
])("an answer of %s means that all went well", (_what, answer) => {
  expect(failedMessageIds(answer, ids)).toEqual(new Set());
});

test("an answer names the messages that failed", () => {
  expect(failedMessageIds(failure("m2"), ids)).toEqual(new Set(["m2"]));
});

test.each([
  ["an empty id", failure("")],
  ["a null id", failure(null)],
  ["an id that is not of the batch", failure("m3")],
  ["a wrong key", { batchItemFailures: [{ id: "m1" }] }],
  ["a list of texts", { batchItemFailures: ["m1"] }],
  ["no list", { batchItemFailures: "m1" }],
  ["a text", "done"],
  ["an array", []],
])("an answer with %s means that all failed", (_what, answer) => {
  expect(failedMessageIds(answer, ids)).toBe("all");
});
