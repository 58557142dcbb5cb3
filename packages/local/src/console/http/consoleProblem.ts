/** Why a call of the console's API is not answered. */
export type ProblemCode =
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "TOO_LARGE"
  | "UNSUPPORTED_TYPE"
  | "INVALID"
  | "CONFLICT"
  | "TOO_MANY"
  | "INTERNAL";

const STATUS: Readonly<Record<ProblemCode, number>> = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  TOO_LARGE: 413,
  UNSUPPORTED_TYPE: 415,
  INVALID: 422,
  TOO_MANY: 429,
  INTERNAL: 500,
};

/** Its message is a sentence for the person at the page, with what to do. */
export class ConsoleProblem extends Error {
  override readonly name = "ConsoleProblem";
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Of the HTTP answer. */
  get status(): number {
    return STATUS[this.code];
  }
}
