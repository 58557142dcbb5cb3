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

/** A code of PROTOCOL.md's table of errors. Clients switch on it. */
export type ErrorCode = keyof typeof ERRORS;
/** All codes, in the order of the table of PROTOCOL.md. */
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** What crosses the wire for an error. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Record<string, unknown> | undefined;
}

/** What an error may carry beside its code. */
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

  /** What crosses the wire: code, public sentence, whether to try again, details. Never the cause. */
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

/** `VALIDATION_ERROR`: the payload does not fit the action's input; `details.issues` lists `path` and `message`. Not to be tried again. */
export class ValidationError extends errorClass("VALIDATION_ERROR") {}
/** `INVALID_MESSAGE`: the frame is no message of the protocol; `details.reason` says why. Not to be tried again. */
export class InvalidMessageError extends errorClass("INVALID_MESSAGE") {}
/** `INVALID_ACTION`: there is no such action. Not to be tried again. */
export class InvalidActionError extends errorClass("INVALID_ACTION") {}
/** `UNAUTHORIZED`: the token is missing, expired or not acceptable. Not to be tried again with the same token. */
export class UnauthorizedError extends errorClass("UNAUTHORIZED") {}
/** `FORBIDDEN`: the token lacks a permission; `details.missing` lists it. Not to be tried again. */
export class ForbiddenError extends errorClass("FORBIDDEN") {}
/** `NOT_FOUND`: there is no such request or topic, or it is not the user's. Not to be tried again. */
export class NotFoundError extends errorClass("NOT_FOUND") {}
/** `DUPLICATE_REQUEST`: the id is taken by a different request: another action, payload or user. Not to be tried again. */
export class DuplicateRequestError extends errorClass("DUPLICATE_REQUEST") {}
/**
 * `RATE_LIMITED`: too many messages, `details.retry_after` in seconds; of `subscribe_topic` too many topics, `details.limit`. May be tried
 * again.
 */
export class RateLimitedError extends errorClass("RATE_LIMITED") {}
/** `PAYLOAD_TOO_LARGE`: the input is over the limit; `details` may hold `size_bytes` and `limit_bytes`. Not to be tried again. */
export class PayloadTooLargeError extends errorClass("PAYLOAD_TOO_LARGE") {}
/** `RESULT_TOO_LARGE`: the result is over the limit; `details` may hold `size_bytes` and `limit_bytes`. Not to be tried again. */
export class ResultTooLargeError extends errorClass("RESULT_TOO_LARGE") {}
/** `TIMEOUT`: the work was not done in its action's time. May be tried again. */
export class TimeoutError extends errorClass("TIMEOUT") {}
/** `CANCELLED`: the request was cancelled. Not to be tried again. */
export class CancelledError extends errorClass("CANCELLED") {}
/**
 * `EXPIRED`: the request was not started in its time, 24 hours unless the sweeper is told otherwise. Not to be tried again under the same
 * id.
 */
export class ExpiredError extends errorClass("EXPIRED") {}
/** `WORKER_LOST`: the worker died and no attempts are left. May be tried again. */
export class WorkerLostError extends errorClass("WORKER_LOST") {}
/** `PROCESSING_FAILED`: the action's own work failed. Not to be tried again: the server has done so. */
export class ProcessingFailedError extends errorClass("PROCESSING_FAILED") {}
/** `SERVICE_UNAVAILABLE`: a service that Streamer needs does not answer. May be tried again. */
export class ServiceUnavailableError extends errorClass("SERVICE_UNAVAILABLE") {}
/** `INTERNAL_ERROR`: a defect of the server. May be tried again. */
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
