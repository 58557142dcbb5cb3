import type { getRequest, InputOf } from "@streamer/protocol";
import type { Example, InvalidExample } from "../example.ts";

type Input = InputOf<typeof getRequest>;

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<Input>[] = [
  { title: "A request by its id (NOT_FOUND when there is none)", payload: { request_id: "report-1" } },
];

/** Payloads that are refused. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "An id that none can have",
    payload: { request_id: "no spaces, please" },
    code: "VALIDATION_ERROR",
    issue: { path: "request_id", message: "must be 1 to 64 characters of A-Z a-z 0-9 _ -, or such and the number in a batch" },
  },
];
