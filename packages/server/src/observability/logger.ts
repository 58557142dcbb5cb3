import { Logger } from "@aws-lambda-powertools/logger";
import { withoutContents } from "./loggedError.ts";

export type { Logger };

/**
 * The structured logger of a function. The level comes from `POWERTOOLS_LOG_LEVEL` (default INFO). Tokens, payloads and results never
 * go to a log: pass ids, codes, counts and sizes. Of errors only name, message, place, code and cause are written (`loggedError`), since
 * they carry what they failed on. The message of an error that an action throws is written as it is.
 */
export function createLogger(serviceName: string): Logger {
  return new Logger({ serviceName, jsonReplacerFn: withoutContents });
}
