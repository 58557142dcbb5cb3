/** What an error of a processor's work may carry. */
export interface WorkErrorOptions {
  /** Shown to the client when the request fails by this error. Never put internals here. */
  readonly details?: Record<string, unknown> | undefined;
  /** What really happened: for the log and for operators. */
  readonly cause?: unknown;
}

/** Thrown by a processor's work when trying again is useless: the request fails at once with PROCESSING_FAILED. */
export class TerminalError extends Error {
  override readonly name: string = "TerminalError";
  readonly details: Record<string, unknown> | undefined;

  constructor(message: string, { details, cause }: WorkErrorOptions = {}) {
    super(message, { cause });
    this.details = details;
  }
}
