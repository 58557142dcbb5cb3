import * as v from "valibot";

/** How one invocation went, as Lambda writes it into the function's log after each. */
export interface PlatformReport {
  readonly requestId: string;
  readonly status: "success" | "error" | "timeout" | "failure";
  readonly durationMs: number;
  /** Only of the sandbox's first invocation: how long its module's top level took. */
  readonly initDurationMs?: number | undefined;
  readonly memorySizeMB: number;
}

export const PLATFORM_REPORT = "platform.report";

/**
 * The line that Lambda would write, with log format JSON. Of its metrics the most memory that was used is missing: threads of one process do
 * not have their own.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
export function platformReportLine({ requestId, status, ...metrics }: PlatformReport, now: number): string {
  const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
  const { durationMs, initDurationMs, memorySizeMB } = metrics;
  return JSON.stringify({
    time: new Date(now).toISOString(),
    type: PLATFORM_REPORT,
    record: {
      requestId,
      status,
      metrics: {
        durationMs: rounded(durationMs),
        billedDurationMs: Math.ceil(durationMs + (initDurationMs ?? 0)),
        memorySizeMB,
        ...(initDurationMs === undefined ? {} : { initDurationMs: rounded(initDurationMs) }),
      },
    },
  });
}

const line = v.looseObject({
  time: v.string(),
  type: v.literal(PLATFORM_REPORT),
  record: v.looseObject({ metrics: v.looseObject({ durationMs: v.number(), initDurationMs: v.optional(v.number()) }) }),
});

/** What a line reports, in ms; `undefined` for any other line. */
export function readPlatformReport(
  fields: unknown,
): { readonly at: number; readonly durationMs: number; readonly initDurationMs: number | undefined } | undefined {
  const read = v.safeParse(line, fields);
  if (!read.success) return undefined;
  const { durationMs, initDurationMs } = read.output.record.metrics;
  return { at: Date.parse(read.output.time), durationMs, initDurationMs };
}
