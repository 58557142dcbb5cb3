import { inspect } from "node:util";
import type { LogSink } from "../stack/logging.ts";

/** One JSON object a line on stderr. */
export const jsonLog: LogSink = ({ level, source, message, fields }) => {
  process.stderr.write(
    `${JSON.stringify({ ...fields, timestamp: new Date().toISOString(), level: level.toUpperCase(), source, message })}\n`,
  );
};

/** What a person wants to see first; the rest of a line is its bookkeeping. */
const SHOWN = ["request_id", "action", "status", "code", "reply", "reason", "duration_ms", "attempt", "error", "errorMessage"];

/**
 * A short line on stderr for people: what is wrong, and what chaos does. What goes well is told by a line for each request
 * (`requestLines.ts`). With `quiet` not even chaos is.
 */
export function createReadableLog({ quiet }: { readonly quiet: boolean }): LogSink {
  return (line) => {
    const { level, source } = line;
    if (level === "warn" || level === "error" || (source === "chaos" && level === "info" && !quiet)) writeReadable(line);
  };
}

const writeReadable: LogSink = ({ level, source, message, fields }) => {
  const time = new Date().toISOString().slice(11, 19);
  const details = SHOWN.filter((name) => fields[name] !== undefined).map((name) => `${name}=${short(fields[name])}`);
  const mark = level === "error" || level === "warn" ? `${level.toUpperCase()} ` : "";
  process.stderr.write(`${time}  ${source.padEnd(24)} ${mark}${[message, ...details].join("  ")}\n`);
};

function short(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "message" in value && typeof value.message === "string") return value.message;
  return inspect(value, { breakLength: Infinity, depth: 1 });
}
