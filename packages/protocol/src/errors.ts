/**
 * Everything that can go wrong and that a client may be told: a stable code, a fixed public sentence, and whether the same may be
 * tried again. Clients switch on the code. The cause of an error stays on the server, in the log.
 */
const ERRORS = {
  VALIDATION_ERROR: { message: "The payload is not valid.", retryable: false },
  INVALID_MESSAGE: { message: "The message could not be read.", retryable: false },
  INVALID_ACTION: { message: "There is no such action.", retryable: false },
  UNAUTHORIZED: { message: "The token is missing, expired or not acceptable.", retryable: false },
  FORBIDDEN: { message: "The token lacks a permission for this.", retryable: false },
  NOT_FOUND: { message: "There is no such request.", retryable: false },
  DUPLICATE_REQUEST: { message: "The id is taken by a different request.", retryable: false },
  RATE_LIMITED: { message: "Too many messages.", retryable: true },
  PAYLOAD_TOO_LARGE: { message: "The payload is too large.", retryable: false },
  RESULT_TOO_LARGE: { message: "The result is too large.", retryable: false },
  TIMEOUT: { message: "The work was not done in its time.", retryable: true },
  CANCELLED: { message: "The request was cancelled.", retryable: false },
  EXPIRED: { message: "The request was not started in its time.", retryable: false },
  WORKER_LOST: { message: "The worker died and no attempts are left.", retryable: true },
  PROCESSING_FAILED: { message: "The action failed.", retryable: false },
  SERVICE_UNAVAILABLE: { message: "A service does not answer. Try again later.", retryable: true },
  INTERNAL_ERROR: { message: "Something went wrong on the server.", retryable: true },
} as const satisfies Record<string, { message: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** What crosses the wire for an error. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Record<string, unknown> | undefined;
}

export interface StreamerErrorOptions {
  /** Shown to the client beside the fixed message. Never put internals here. */
  readonly details?: Record<string, unknown> | undefined;
  /** What really happened: for the log only, never sent. */
  readonly cause?: unknown;
}

/** An error with a stable code. Its `message` is the fixed public sentence of the code. */
export class StreamerError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly retryable: boolean;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: Code, options: StreamerErrorOptions = {}) {
    super(ERRORS[code].message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = ERRORS[code].retryable;
    this.details = options.details;
  }

  toBody(): ErrorBody {
    const { code, message, retryable, details } = this;
    return details === undefined ? { code, message, retryable } : { code, message, retryable, details };
  }
}

/** Makes the class of one code: `new ValidationError({ details })`. */
function errorClass<Code extends ErrorCode>(code: Code) {
  return class extends StreamerError<Code> {
    static readonly code: Code = code;
    constructor(options: StreamerErrorOptions = {}) {
      super(code, options);
    }
  };
}

export class ValidationError extends errorClass("VALIDATION_ERROR") {}
export class InvalidMessageError extends errorClass("INVALID_MESSAGE") {}
export class InvalidActionError extends errorClass("INVALID_ACTION") {}
export class UnauthorizedError extends errorClass("UNAUTHORIZED") {}
export class ForbiddenError extends errorClass("FORBIDDEN") {}
export class NotFoundError extends errorClass("NOT_FOUND") {}
export class DuplicateRequestError extends errorClass("DUPLICATE_REQUEST") {}
export class RateLimitedError extends errorClass("RATE_LIMITED") {}
export class PayloadTooLargeError extends errorClass("PAYLOAD_TOO_LARGE") {}
export class ResultTooLargeError extends errorClass("RESULT_TOO_LARGE") {}
export class TimeoutError extends errorClass("TIMEOUT") {}
export class CancelledError extends errorClass("CANCELLED") {}
export class ExpiredError extends errorClass("EXPIRED") {}
export class WorkerLostError extends errorClass("WORKER_LOST") {}
export class ProcessingFailedError extends errorClass("PROCESSING_FAILED") {}
export class ServiceUnavailableError extends errorClass("SERVICE_UNAVAILABLE") {}
export class InternalError extends errorClass("INTERNAL_ERROR") {}

/** Every error of the protocol, discriminated by `code`. */
export type AnyStreamerError =
  | ValidationError
  | InvalidMessageError
  | InvalidActionError
  | UnauthorizedError
  | ForbiddenError
  | NotFoundError
  | DuplicateRequestError
  | RateLimitedError
  | PayloadTooLargeError
  | ResultTooLargeError
  | TimeoutError
  | CancelledError
  | ExpiredError
  | WorkerLostError
  | ProcessingFailedError
  | ServiceUnavailableError
  | InternalError;

const CLASSES = {
  VALIDATION_ERROR: ValidationError,
  INVALID_MESSAGE: InvalidMessageError,
  INVALID_ACTION: InvalidActionError,
  UNAUTHORIZED: UnauthorizedError,
  FORBIDDEN: ForbiddenError,
  NOT_FOUND: NotFoundError,
  DUPLICATE_REQUEST: DuplicateRequestError,
  RATE_LIMITED: RateLimitedError,
  PAYLOAD_TOO_LARGE: PayloadTooLargeError,
  RESULT_TOO_LARGE: ResultTooLargeError,
  TIMEOUT: TimeoutError,
  CANCELLED: CancelledError,
  EXPIRED: ExpiredError,
  WORKER_LOST: WorkerLostError,
  PROCESSING_FAILED: ProcessingFailedError,
  SERVICE_UNAVAILABLE: ServiceUnavailableError,
  INTERNAL_ERROR: InternalError,
} satisfies { [Code in ErrorCode]: new (options?: StreamerErrorOptions) => StreamerError<Code> };

/**
 * The error that a body from the wire stands for. A code of a newer server becomes an `InternalError` or, when the server says that
 * trying again is useless, a `ProcessingFailedError`; the unknown code is kept in `details.code`.
 */
export function errorFromBody(body: ErrorBody): AnyStreamerError {
  if (Object.hasOwn(CLASSES, body.code)) {
    return new CLASSES[body.code as ErrorCode]({ details: body.details });
  }
  const details = { ...body.details, code: body.code };
  return body.retryable ? new InternalError({ details }) : new ProcessingFailedError({ details });
}

/** Anything thrown, as an error of the protocol: its own kind is kept, all else becomes `fallback` with the cause inside. */
export function toStreamerError(thrown: unknown, fallback: "INTERNAL_ERROR" | "PROCESSING_FAILED" = "INTERNAL_ERROR"): StreamerError {
  return thrown instanceof StreamerError ? thrown : new CLASSES[fallback]({ cause: thrown });
}
