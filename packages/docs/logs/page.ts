import { LOG_FIELDS, OPERATIONS } from "@streamer/server/testing";

const END = "<!-- end -->";
const BEGIN = {
  fields: "<!-- fields: written by docs/logs/main.ts -->",
  operations: "<!-- operations: written by docs/logs/main.ts -->",
} as const;

const KINDS: Readonly<Record<(typeof LOG_FIELDS)[keyof typeof LOG_FIELDS]["kind"], string>> = {
  level: "level",
  operation: "operation",
  time: "ISO 8601, UTC",
  uuid: "UUID",
  traceId: "32 hex digits",
  text: "text",
  texts: "texts",
  count: "whole number",
  amount: "number",
  flag: "true, false",
  counts: "numbers by name",
  error: "error",
  app: "object",
};

/** The two tables, as markdown. */
export function renderLogs(): Readonly<Record<keyof typeof BEGIN, string>> {
  const fields = Object.entries(LOG_FIELDS).map(([name, { kind, meaning }]) => `| \`${name}\` | ${KINDS[kind]} | ${meaning} |`);
  const operations = Object.entries(OPERATIONS).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return {
    fields: ["| field | | |", "|---|---|---|", ...fields].join("\n"),
    operations: ["| `operation` | |", "|---|---|", ...operations].join("\n"),
  };
}

/** The page with the tables in their places. @throws {Error} when it has no places for them. */
export function withLogs(page: string): string {
  const tables = renderLogs();
  return (["fields", "operations"] as const).reduce((written, name) => {
    const begin = written.indexOf(BEGIN[name]);
    const end = written.indexOf(END, begin);
    if (begin === -1 || end === -1) throw new Error(`The page has no place for the table: ${BEGIN[name]} … ${END}.`);
    return `${written.slice(0, begin)}${BEGIN[name]}\n${tables[name]}\n${written.slice(end)}`;
  }, page);
}
