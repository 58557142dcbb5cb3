import type { listRequests, InputOf } from "@streamer/protocol";
import type { Example, InvalidExample } from "../example.ts";

type Input = InputOf<typeof listRequests>;

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<Input>[] = [
  { title: "One's own, newest first", payload: {} },
  { title: "One's own reports that failed", payload: { action: "generate_report", status: "failed", limit: 10 } },
  { title: "Of the whole tenant (needs requests:read)", payload: { scope: "tenant", limit: 20 } },
];

/** Payloads that are refused. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "A status that there is not",
    payload: { status: "lost" },
    code: "VALIDATION_ERROR",
    issue: { path: "status", message: "must be one of pending, processing, retrying, completed, failed, cancelled" },
  },
  {
    title: "More than a page holds",
    payload: { limit: 1000 },
    code: "VALIDATION_ERROR",
    issue: { path: "limit", message: "must be at most 100" },
  },
  {
    title: "A user of a whole tenant",
    payload: { scope: "tenant", user_id: "ada" },
    code: "VALIDATION_ERROR",
    issue: { path: "user_id", message: 'goes with the scope "user" only' },
  },
];
