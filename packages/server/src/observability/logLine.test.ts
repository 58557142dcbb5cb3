import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { LOG_FIELDS } from "./logFields.ts";
import type { LogFieldKind } from "./logFields.ts";
import { logLineProblems, readLogText } from "./logLine.ts";

const published: unknown = JSON.parse(readFileSync(new URL("../../../docs/log-line.schema.json", import.meta.url), "utf8"));
const fits = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(published as object);

const LINE = {
  timestamp: "2026-01-01T00:00:00.000Z",
  level: "INFO",
  service: "router",
  message: "A request was answered.",
  operation: "submit",
} as const;

const ERROR = { name: "TableError", message: "A service does not answer.", stack: "    at x (y.ts:1:1)" };
/** Of each kind of value, some that fit and some that do not. */
const SAMPLES: Readonly<Record<LogFieldKind, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
  level: { good: ["DEBUG", "WARN", "ERROR"], bad: ["info", "TRACE", 20] },
  operation: { good: ["connect", "disconnect", "send"], bad: ["connecting", ""] },
  time: { good: ["2026-01-01T00:00:00.000Z"], bad: ["2026-01-01", 1_767_225_600, "2026-01-01T00:00:00+01:00"] },
  uuid: { good: [crypto.randomUUID(), crypto.randomUUID().toUpperCase()], bad: ["correlation-1", "", 1] },
  traceId: { good: ["4bf92f3577b34da6a3ce929d0e0e4736"], bad: ["1-4bf92f35-77b34da6a3ce929d0e0e4736", ""] },
  text: { good: ["", "x"], bad: [1, null, {}, ["x"]] },
  texts: { good: [[], ["x"]], bad: ["x", [1]] },
  count: { good: [0, 12], bad: [-1, 1.5, "1"] },
  amount: { good: [0, 1.5], bad: [-1, "1"] },
  flag: { good: [true, false], bad: ["true", 0] },
  counts: { good: [{}, { due: 3, oldest_age_ms: 1.5 }], bad: [{ due: "3" }, 3] },
  error: {
    good: [ERROR, { ...ERROR, code: "X", verb: "request.claim", cause: { ...ERROR, $metadata: { httpStatusCode: 400, requestId: "r" } } }],
    bad: ["failed", { name: "Error" }, { ...ERROR, input: { card: "1" } }, { ...ERROR, cause: { ...ERROR, Item: {} } }],
  },
  app: { good: [{}, { records: 3, nested: { a: [1] } }], bad: ["text", 1] },
};

const fields = Object.entries(LOG_FIELDS);
const good = fields.flatMap(([name, { kind }]) => SAMPLES[kind].good.map((value) => ({ name, value })));
const bad = fields.flatMap(([name, { kind }]) => SAMPLES[kind].bad.map((value) => ({ name, value })));

describe("a line of the log", () => {
  test.each(good)("may have as $name $value", ({ name, value }) => {
    const line = { ...LINE, [name]: value };
    expect(logLineProblems(line)).toEqual([]);
    expect(fits(line)).toBe(true);
  });

  test.each(bad)("may not have as $name $value", ({ name, value }) => {
    const line = { ...LINE, [name]: value };
    expect(logLineProblems(line)).not.toEqual([]);
    expect(fits(line)).toBe(false);
  });

  test.each(["timestamp", "level", "service", "message", "operation"])("has a %s", (name) => {
    const { [name as keyof typeof LINE]: _, ...rest } = LINE;
    expect(logLineProblems(rest)).toHaveLength(1);
    expect(fits(rest)).toBe(false);
  });

  test("has no field that is not listed: a payload cannot slip in", () => {
    expect(logLineProblems({ ...LINE, payload: { card: "4711" } })).toEqual([
      "payload: is no field of the log; add it to LOG_FIELDS, or leave it out",
    ]);
    expect(fits({ ...LINE, payload: {} })).toBe(false);
  });

  test("names its fields in snake_case", () => {
    expect(fields.map(([name]) => name).filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([]);
  });
});

describe("what a function's log holds is told apart:", () => {
  test.each([
    ["line", JSON.stringify(LINE)],
    ["metrics", '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"SendGone":1}'],
    ["platform", '{"time":"2026-01-01T00:00:00.000Z","type":"platform.report","record":{}}'],
    ["other", "it works"],
    ["other", "[1]"],
    ["other", "null"],
  ])("%s: %s", (kind, text) => {
    expect(readLogText(text).kind).toBe(kind);
  });
});

test("what the logger of our functions writes is such a line, errors and all", () => {
  const log = createRecordedLogger({ asDeployed: true });
  log.logger.appendKeys({ operation: "claim", correlation_id: crypto.randomUUID() });
  const cause = Object.assign(new Error("throttled"), { $metadata: { httpStatusCode: 400, attempts: 3 }, Item: { payload: "SECRET" } });
  log.logger.error("It failed.", { error: new Error("outer", { cause }), status: undefined });
  const [line] = log.entries();
  expect(logLineProblems(line)).toEqual([]);
  expect(line).toMatchObject({ level: "ERROR", operation: "claim", error: { cause: { $metadata: { attempts: 3 } } } });
  expect(log.lines.join("")).not.toContain("SECRET");
});
