import { ServiceUnavailableError } from "@streamer/protocol";

/**
 * The table did not do what it was asked: throttled beyond the SDK's retries, unreachable, refused. A client sees SERVICE_UNAVAILABLE;
 * the log sees the verb and the cause. A lost condition is no error: verbs tell it by their result.
 */
export class TableError extends ServiceUnavailableError {
  readonly verb: string;

  constructor(verb: string, cause: unknown) {
    super({ cause });
    this.verb = verb;
  }
}

/** Runs one verb of a store; whatever the engine throws becomes a `TableError` that names it. */
export async function tableCall<Result>(verb: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new TableError(verb, error);
  }
}
