import { CommandError, EXIT } from "./failure.ts";
import { FunctionError } from "../lambda/functionError.ts";
import { BundleError } from "../lambda/bundle/bundleFunctions.ts";

/** What the file system says when a folder cannot be made or written. */
const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOSPC", "ENOENT"]);

/** Why a stack did not start, and what to do. Errors that say so themselves stay as they are. */
export function explainedStart(error: unknown, dataDir: string): unknown {
  if (error instanceof BundleError) return failed(`${error.message}\nMend it, and start again.`, error);
  if (error instanceof FunctionError) {
    const { functionName, errorType, errorMessage } = error;
    const message = `The function ${functionName} does not start: ${errorType}: ${errorMessage}. Mend what runs when its module is loaded, and start again.`;
    return failed(message, error);
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof Error && code !== undefined && UNWRITABLE.has(code) && path?.startsWith(dataDir.slice(0, path.length)) === true) {
    const message = `The data directory ${dataDir} cannot be written (${code} at ${path}). Make it a folder that you may write, or name another with --data-dir.`;
    return failed(message, error);
  }
  return error;
}

function failed(message: string, cause: unknown): CommandError {
  return new CommandError(EXIT.failure, message, { cause });
}
