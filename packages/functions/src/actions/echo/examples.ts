import type { InputOf } from "@streamer/protocol";
import type { echo } from "./action.ts";
import type { Example, InvalidExample } from "../example.ts";

type Input = InputOf<typeof echo>;

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<Input>[] = [
  { title: "Says hello", payload: { message: "Hello, Streamer!" } },
  { title: "Other scripts and emoji", payload: { message: "Grüße, 世界 👋" } },
];

/** Payloads that are refused. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "No message",
    payload: {},
    code: "VALIDATION_ERROR",
    issue: { path: "message", message: 'Invalid key: Expected "message" but received undefined' },
  },
  {
    title: "An empty message",
    payload: { message: "" },
    code: "VALIDATION_ERROR",
    issue: { path: "message", message: "must not be empty" },
  },
  {
    title: "A number in place of the text",
    payload: { message: 42 },
    code: "VALIDATION_ERROR",
    issue: { path: "message", message: "must be a text" },
  },
];
