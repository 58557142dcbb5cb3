/** A search for traces, in X-Ray's language. */
export interface TraceFilter {
  /** Of the group in X-Ray, behind the app's name. */
  readonly name: string;
  readonly purpose: string;
  /** Where it has a `parameter`, `{…}` stands for its value. */
  readonly expression: string;
  /** The annotation whose value is to be filled in. A search with one is no group: `filledIn` makes it. Default: none. */
  readonly parameter?: "tenant_id" | "user_id" | "request_id" | "correlation_id" | "action" | "origin_trace_id";
}

/**
 * Searches that answer an operator's questions. Those without a parameter are saved as groups. All but the first two need annotations, and so
 * tracing in detail.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 */
export const TRACE_FILTERS: readonly TraceFilter[] = [
  { name: "faults", purpose: "Invocations of ours that failed, or were cut off.", expression: "fault = true OR partial = true" },
  { name: "slow", purpose: "Invocations that took longer than five seconds.", expression: "responsetime > 5" },
  {
    name: "failed_actions",
    purpose: "Attempts of an action that failed or are to be tried again, and messages that could not be answered.",
    expression:
      'annotation[outcome] = "failed" OR annotation[outcome] = "retrying" OR annotation[error_code] = "PROCESSING_FAILED" OR annotation[error_code] = "INTERNAL_ERROR" OR annotation[error_code] = "SERVICE_UNAVAILABLE"',
  },
  {
    name: "refused",
    purpose: "Clients that were not let in, or not let do what they asked.",
    expression:
      'annotation[error_code] = "UNAUTHORIZED" OR annotation[error_code] = "FORBIDDEN" OR annotation[error_code] = "RATE_LIMITED"',
  },
  { name: "retried", purpose: "Attempts after the first.", expression: "annotation[attempt] > 1" },
  {
    name: "by_tenant",
    purpose: "All that was done for a tenant.",
    expression: 'annotation[tenant_id] = "{tenant_id}"',
    parameter: "tenant_id",
  },
  { name: "by_user", purpose: "All that was done for a user.", expression: 'annotation[user_id] = "{user_id}"', parameter: "user_id" },
  {
    name: "by_request",
    purpose: "A request's way: its message, each of its attempts.",
    expression: 'annotation[request_id] = "{request_id}"',
    parameter: "request_id",
  },
  {
    name: "by_correlation",
    purpose: "All that one message of a client caused.",
    expression: 'annotation[correlation_id] = "{correlation_id}"',
    parameter: "correlation_id",
  },
  {
    name: "by_origin",
    purpose: "The attempts of requests that were asked for in this trace.",
    expression: 'annotation[origin_trace_id] = "{origin_trace_id}"',
    parameter: "origin_trace_id",
  },
  {
    name: "slow_action",
    purpose: "An action's invocations that took longer than five seconds.",
    expression: 'annotation[action] = "{action}" AND responsetime > 5',
    parameter: "action",
  },
];

/** A search with its parameter filled in. @throws {TypeError} for a value that would end the text it stands in. */
export function filledIn({ expression, parameter }: TraceFilter, value: string): string {
  if (/["\\]/.test(value)) throw new TypeError("A value of a trace filter may hold neither quotes nor backslashes: ids do not.");
  return parameter === undefined ? expression : expression.replace(`{${parameter}}`, () => value);
}
