import type { InputOf } from "@streamer/protocol";
import type { echo } from "./action.ts";

type Input = InputOf<typeof echo>;

export interface Example {
  readonly title: string;
  readonly payload: Input;
}

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example[] = [
  { title: "Says hello", payload: { message: "Hello, Streamer!" } },
  { title: "Other scripts and emoji", payload: { message: "Grüße, 世界 👋" } },
];

export interface InvalidExample {
  readonly title: string;
  /** Unknown, as some are what the compiler would not let through. */
  readonly payload: unknown;
  /** The request ends with this code … */
  readonly code: "VALIDATION_ERROR";
  /** … and its first issue says so. */
  readonly issue: { readonly path: string; readonly message: string };
}

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
