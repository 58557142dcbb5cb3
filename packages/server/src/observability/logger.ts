import { Logger } from "@aws-lambda-powertools/logger";

export type { Logger };

/**
 * The structured logger of a function. The level comes from `POWERTOOLS_LOG_LEVEL` (default INFO). Tokens, payloads and results never
 * go to a log: pass ids, codes, counts and sizes.
 */
export function createLogger(serviceName: string): Logger {
  return new Logger({ serviceName });
}
