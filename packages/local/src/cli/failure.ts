/**
 * What the command line ends with. 1 is also what anything unforeseen ends with. `requestFailed`: the system answered, and the request was
 * refused, failed or was cancelled. `interrupted`: as shells say of SIGINT.
 */
export const EXIT = { ok: 0, failure: 1, usage: 2, notFound: 3, requestFailed: 4, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command ends here: its message is printed as it is and says what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
