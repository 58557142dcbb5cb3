import type { Logger } from "../bus/logger.ts";
import { PLATFORM_REPORT, readPlatformReport } from "../metrics/platformReport.ts";

/** One line of the local stack's or of a function's log. */
export interface LogLine {
  readonly level: string;
  readonly source: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of a function's line: as it was written, and as CloudWatch Logs would have it. */
  readonly text?: string;
}

/** Takes each line that the stack and its functions log. */
export type LogSink = (line: LogLine) => void;

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The logger of one part of the stack. */
export function createStackLogger(source: string, sink: LogSink): Logger {
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      sink({ level, source, message, fields });
  const [debug, info, warn, error] = LEVELS.map(write) as [Logger["debug"], Logger["info"], Logger["warn"], Logger["error"]];
  return { debug, info, warn, error };
}

/** A line that a function wrote: Powertools' JSON, or any other text. */
export function parseFunctionLog(functionName: string, text: string): LogLine {
  return { ...parse(functionName, text), text };
}

function parse(functionName: string, text: string): LogLine {
  try {
    const entry: unknown = JSON.parse(text);
    // Metrics in CloudWatch's embedded format: lines for a machine, not for a person's terminal.
    if (typeof entry === "object" && entry !== null && "_aws" in entry) {
      return { level: "debug", source: functionName, message: "metrics", fields: { ...entry } };
    }
    if (readPlatformReport(entry) !== undefined) {
      return { level: "debug", source: functionName, message: PLATFORM_REPORT, fields: { ...(entry as object) } };
    }
    if (typeof entry === "object" && entry !== null && "message" in entry) {
      const { level, message, timestamp: _, service: __, ...fields } = entry as Record<string, unknown>;
      return { level: typeof level === "string" ? level.toLowerCase() : "info", source: functionName, message: String(message), fields };
    }
  } catch {
    // Not JSON: what the handler printed by itself.
  }
  return { level: "info", source: functionName, message: text, fields: {} };
}
