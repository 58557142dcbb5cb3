import type { getRequest, InputOf } from "@streamer/protocol";

type Input = InputOf<typeof getRequest>;

export interface Example {
  readonly title: string;
  readonly payload: Input;
}

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example[] = [
  { title: "A request by its id (NOT_FOUND when there is none)", payload: { request_id: "report-1" } },
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
    title: "An id that none can have",
    payload: { request_id: "no spaces, please" },
    code: "VALIDATION_ERROR",
    issue: { path: "request_id", message: "must be 1 to 64 characters of A-Z a-z 0-9 _ -, or such and the number in a batch" },
  },
];
