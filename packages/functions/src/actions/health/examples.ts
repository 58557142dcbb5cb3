import type { Example, InvalidExample } from "../example.ts";

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<object>[] = [{ title: "How the system is", payload: {} }];

/** Payloads that are refused. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "A text in place of an object",
    payload: "how are you?",
    code: "VALIDATION_ERROR",
    issue: { path: "", message: 'Invalid type: Expected Object but received "how are you?"' },
  },
];
