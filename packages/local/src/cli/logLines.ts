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

/** A short line on stderr for people. */
export const readableLog: LogSink = ({ level, source, message, fields }) => {
  if (level === "debug") return;
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
