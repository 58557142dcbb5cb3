import { SendFailedError, TableError } from "@streamer/server";
import { CommandError, EXIT } from "./failure.ts";
import type { Target } from "./target.ts";

/** An operator is told the cause, which a client never is. */
export function explained(error: unknown, { table, managementEndpoint, advice }: Target): unknown {
  if (error instanceof TableError) {
    const message = `The table ${table.tableName} did not do ${error.verb} (${error.kind}): ${rootOf(error)}. ${advice}`;
    return new CommandError(EXIT.failure, message, { cause: error });
  }
  if (error instanceof SendFailedError) {
    const message = `API Gateway did not answer for ${error.connectionId} at ${managementEndpoint}: ${error.kind} (${rootOf(error)}). ${advice}`;
    return new CommandError(EXIT.failure, message, { cause: error });
  }
  return error;
}

/** The innermost cause: what the SDK or the network said. */
export function rootOf(error: Error): string {
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  const code = (root as NodeJS.ErrnoException).code;
  return [code ?? root.name, root.message].filter((part) => part !== "" && part !== undefined).join(": ");
}
