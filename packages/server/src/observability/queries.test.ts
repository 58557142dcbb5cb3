import { describe, expect, test } from "vitest";
import { LOG_FIELDS } from "./logFields.ts";
import { FUNCTION_DIMENSION, ownMetrics } from "./metrics.ts";
import { OPERATIONS } from "./operations.ts";
import { QUERIES } from "./queries.ts";
import { fieldsOf, fillQuery, placeholdersOf } from "./storedQuery.ts";
import type { StoredQuery } from "./storedQuery.ts";

/** What Logs Insights adds to every line. */
const SYSTEM = ["@timestamp", "@log", "@message"];
/** Of an error, as `loggedError` writes it. */
const ERROR = ["error.name", "error.message", "error.code"];
/** @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report */
const REPORT = [
  "type",
  "record.requestId",
  "record.status",
  "record.errorType",
  "record.metrics.durationMs",
  "record.metrics.initDurationMs",
  "record.metrics.maxMemoryUsedMB",
  "record.metrics.memorySizeMB",
];
const METRIC_LINE = [FUNCTION_DIMENSION, ...ownMetrics.map(({ name }) => name)];
const OURS = new Set<string>([...SYSTEM, ...ERROR, ...REPORT, ...METRIC_LINE, ...Object.keys(LOG_FIELDS)]);
/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-logs-schema.html */
const PIPE = new Set([...SYSTEM, "messageType", "logLevel", "executionId", "error.message", "error.httpStatusCode"]);

const named = (name: string): StoredQuery => {
  const found = QUERIES.find((query) => query.name === name);
  if (found === undefined) throw new Error(`There is no query "${name}".`);
  return found;
};
const ofFunctions = QUERIES.filter(({ functions }) => functions.length > 0);

test("names are unique, and can stand in a path", () => {
  expect(new Set(QUERIES.map(({ name }) => name)).size).toBe(QUERIES.length);
  for (const { name, runbook } of QUERIES) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(runbook).toMatch(/^[a-z]+(-[a-z]+)*$/);
  }
});

test.each(ofFunctions)("$name reads fields of our lines, of the platform's report or of a metric's line", (query) => {
  expect(fieldsOf(query).filter((field) => !OURS.has(field))).toEqual([]);
  expect(fieldsOf(query).length).toBeGreaterThan(0);
});

test("the Pipe's query reads fields of the Pipe's log", () => {
  const ofPipe = QUERIES.filter(({ services = [] }) => services.includes("pipe"));
  expect(ofPipe.length).toBeGreaterThan(0);
  for (const query of ofPipe) expect(fieldsOf(query).filter((field) => !PIPE.has(field))).toEqual([]);
});

test("operations and levels that queries ask for are those that lines have", () => {
  const words = QUERIES.flatMap(({ query }) => [...query.matchAll(/operation (?:=|in) (\[[^\]]*\]|"[^"]*")/g)]).flatMap(
    ([, list = ""]) => list.match(/\w+/g) ?? [],
  );
  expect(words.length).toBeGreaterThan(0);
  expect(words.filter((word) => !(word in OPERATIONS))).toEqual([]);
  const levels = QUERIES.flatMap(({ query }) => [...query.matchAll(/level (?:=|in) (\[[^\]]*\]|"[^"]*")/g)]).flatMap(
    ([, list = ""]) => list.match(/[A-Z]+/g) ?? [],
  );
  expect(new Set(levels)).toEqual(new Set(["INFO", "WARN", "ERROR"]));
});

test("each names where it looks, uses simple commands only, and says how many lines it gives", () => {
  for (const { name, query, functions, services = [] } of QUERIES) {
    expect([name, functions.length + services.length > 0]).toEqual([name, true]);
    const commands = query.split("\n| ");
    const verbs = commands.map((command) => command.split(" ")[0]);
    expect([name, verbs.filter((verb) => !["fields", "filter", "stats", "sort", "limit"].includes(verb ?? ""))]).toEqual([name, []]);
    expect([name, verbs.at(-1)]).toEqual([name, "limit"]);
    // AWS's longest text. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
    expect(query.length).toBeLessThanOrEqual(10_000);
  }
});

test("one request, one correlation id and one connection are asked for by name, in every function", () => {
  for (const [name, placeholder] of [
    ["request", "request_id"],
    ["correlation", "correlation_id"],
    ["connection", "connection_id"],
  ] as const) {
    expect(placeholdersOf(named(name))).toEqual([placeholder]);
    expect(named(name).functions).toEqual(["all"]);
    expect(fillQuery(named(name), { [placeholder]: "abc-1" })).toContain(`filter ${placeholder} = "abc-1"`);
  }
});

describe("a placeholder", () => {
  test("without a value is not run by mistake", () => {
    expect(() => fillQuery(named("user"), { user_id: "ada" })).toThrow('Query "user" waits for <tenant_id>, which has no value.');
  });

  test("takes no value that would end the string it stands in", () => {
    for (const value of ['x" or "" = "', "x\\"]) {
      expect(() => fillQuery(named("request"), { request_id: value })).toThrow("the value of <request_id> holds a quote or a backslash");
    }
  });
});

describe("the fields of a query", () => {
  const query = (text: string): StoredQuery => ({ name: "x", purpose: "x", query: text, functions: ["all"], runbook: "x" });

  test("are what it reads, without the language's words, texts, and names that it gives", () => {
    const text = 'filter a.b > 1 and c in ["d"]\n| stats count(*) as many, pct(e, 95) as slow by @log\n| sort many desc\n| limit 5';
    expect(fieldsOf(query(text))).toEqual(["a.b", "c", "e", "@log"]);
  });

  test("are found wherever they stand, so that a wrong one is", () => {
    expect(fieldsOf(query("fields requestId\n| sort durationMs desc"))).toEqual(["requestId", "durationMs"]);
  });
});
