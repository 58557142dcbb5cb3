/** A payload of an action that works. The console offers it, and a test sends it. */
export interface Example<Input> {
  readonly title: string;
  readonly payload: Input;
}

/** A payload that is refused. */
export interface InvalidExample {
  readonly title: string;
  /** Unknown, as some are what the compiler would not let through. */
  readonly payload: unknown;
  /** The request ends with this code … */
  readonly code: "VALIDATION_ERROR";
  /** … and its first issue says so. */
  readonly issue: { readonly path: string; readonly message: string };
}
