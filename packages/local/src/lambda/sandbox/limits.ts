/**
 * Lambda's limits on one invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */

/** An event of a synchronous invocation; a larger one is refused before the function runs. */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;
/** A function's response, as Lambda's own error states it; a larger one fails the invocation. */
export const MAX_RESPONSE_BYTES = 6_291_556;
/**
 * A module's top level must be done within this. If not, Lambda begins anew, and allows it the function's own timeout.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const INIT_TIMEOUT_MS = 10_000;
