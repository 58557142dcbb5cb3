export interface Example {
  readonly title: string;
  readonly payload: Readonly<Record<string, never>>;
}

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example[] = [{ title: "How the system is", payload: {} }];

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
    title: "A text in place of an object",
    payload: "how are you?",
    code: "VALIDATION_ERROR",
    issue: { path: "", message: 'Invalid type: Expected Object but received "how are you?"' },
  },
];
