import { ServiceUnavailableError, ValidationError } from "@streamer/protocol";
import { failureOf } from "./tableFailure.ts";
import type { TableFailure } from "./tableFailure.ts";

/**
 * The table did not do what it was asked: throttled beyond the SDK's retries, unreachable, refused (`kind`). A client sees
 * SERVICE_UNAVAILABLE; the log sees the verb and the cause. A lost condition is no error: verbs tell it by their result.
 */
export class TableError extends ServiceUnavailableError {
  readonly verb: string;
  /** Why, for operators and for those that can do something about one of them. */
  readonly kind: TableFailure;

  constructor(verb: string, cause: unknown) {
    super({ cause });
    this.verb = verb;
    this.kind = failureOf(cause);
  }
}

/** A cursor is not of the list it was passed to: changed, of another list, or of another's. Nothing was read. */
export class InvalidCursorError extends ValidationError {
  readonly verb: string;

  constructor(verb: string) {
    super({
      details: { issues: [{ path: "cursor", message: "is not a cursor of this list: it must be what the page before gave" }] },
    });
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
