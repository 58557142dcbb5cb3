import { QUERIES } from "@streamer/server/wiring";
import { describe, expect, it } from "vitest";
import { QueryError } from "./lexer.ts";
import { runQuery } from "./runQuery.ts";
import type { StoredLine } from "./runQuery.ts";

const MINUTE_MS = 60_000;

/** Lines one second apart, of one function, oldest first. */
const logged = (...entries: readonly object[]): readonly StoredLine[] =>
  entries.map((entry, index) => ({ timestamp: index * 1_000, group: "router", text: JSON.stringify(entry) }));

const numbers = (query: string, ...entries: readonly object[]): readonly unknown[] =>
  runQuery(`${query} | fields n | sort n asc`, logged(...entries)).map(({ n }) => n);

describe("filter", () => {
  const lines = [
    { n: 1, level: "INFO", code: "NOT_FOUND", duration_ms: 5 },
    { n: 2, level: "ERROR", error: { code: "SERVICE_UNAVAILABLE", name: "TableError" }, duration_ms: 50 },
    { n: 3, level: "WARN", duration_ms: 500, text: 'says "no"' },
  ];
  it.each([
    ['level = "ERROR"', [2]],
    ["level = 'ERROR'", [2]],
    ['level != "ERROR"', [1, 3]],
    ['level in ["WARN", "ERROR"]', [2, 3]],
    ['level not in ["WARN", "ERROR"]', [1]],
    ["duration_ms > 5", [2, 3]],
    ["duration_ms >= 5 and duration_ms < 500", [1, 2]],
    ['duration_ms = "50"', [2]],
    ["duration_ms * 2 + 1 > 1000", [3]],
    ["ispresent(code)", [1]],
    ["not ispresent(code)", [2, 3]],
    ['error.code like "UNAVAIL"', [2]],
    ["error.name like /^table/", []],
    ["error.name like /(?i)^table/", [2]],
    ["level not like /R/", [1]],
    ['level = "INFO" or level = "WARN" and duration_ms > 1000', [1]],
    ['(level = "INFO" or level = "WARN") and duration_ms > 100', [3]],
    ['text = "says \\"no\\""', [3]],
    ["coalesce(code, error.code, level) = level", [3]],
  ])("%s", (condition, found) => {
    expect(numbers(`filter ${condition}`, ...lines)).toEqual(found);
  });

  it("does not find a line by a field that it does not have, nor by its contrary", () => {
    expect(numbers('filter code = "X"', ...lines)).toEqual([]);
    expect(numbers('filter code != "X"', ...lines)).toEqual([1]);
    expect(numbers('filter not (code = "X")', ...lines)).toEqual([1]);
    expect(numbers('filter not (code = "X") or level = "WARN"', ...lines)).toEqual([1, 3]);
  });

  it("finds nothing by the name of a field whose values are a list: they have names of their own", () => {
    expect(numbers("filter SendGone > 0", { n: 1, SendGone: [1, 1] }, { n: 2, SendGone: 1 })).toEqual([2]);
    expect(numbers("filter SendGone.1 > 0", { n: 1, SendGone: [1, 1] })).toEqual([1]);
  });
});

describe("what is shown", () => {
  const lines = logged({ n: 1, action: "a" }, { n: 2, action: "b" }, { n: 3, action: "a" });

  it("is the newest line first, and no more than the limit", () => {
    expect(runQuery("fields n | limit 2", lines)).toEqual([{ n: 3 }, { n: 2 }]);
  });

  it("is the line itself and its time, when no fields are named", () => {
    expect(runQuery("filter n = 1", lines)).toEqual([{ "@timestamp": 0, "@message": '{"n":1,"action":"a"}' }]);
  });

  it("is sorted by one thing after another", () => {
    expect(runQuery("fields n, action | sort action desc, n asc", lines).map(({ n }) => n)).toEqual([2, 1, 3]);
  });

  it("has a computed field under its own name", () => {
    expect(runQuery("fields n * 10 as tens, @log | sort n asc | limit 1", lines)).toEqual([{ tens: 10, "@log": "router" }]);
  });

  it("is what `display` names, and each of a kind once by `dedup`", () => {
    expect(runQuery("fields n, action | dedup action | display action", lines)).toEqual([{ action: "a" }, { action: "b" }]);
  });
});

describe("stats", () => {
  it("counts and sums each group by itself; who misses the value is left out", () => {
    const lines = logged({ action: "a", ms: 10 }, { action: "a", ms: 30 }, { action: "b" });
    const query =
      "stats count(*) as lines, count(ms) as timed, sum(ms), avg(ms) as mean, max(ms) as longest, min(ms) as shortest by action | sort action asc";
    expect(runQuery(query, lines)).toEqual([
      { action: "a", lines: 2, timed: 2, "sum(ms)": 40, mean: 20, longest: 30, shortest: 10 },
      { action: "b", lines: 1, timed: 0, "sum(ms)": 0, mean: undefined, longest: undefined, shortest: undefined },
    ]);
  });

  it("gives the 95th of a hundred", () => {
    const lines = logged(...Array.from({ length: 100 }, (_, index) => ({ ms: index + 1 })));
    expect(runQuery("stats pct(ms, 95) as p95, count_distinct(ms) as kinds", lines)).toEqual([{ p95: 95, kinds: 100 }]);
  });

  it("knows the first and the last by their time", () => {
    const lines = logged({ state: "open" }, { state: "closed" });
    expect(runQuery("stats earliest(state) as first, latest(state) as last", lines)).toEqual([{ first: "open", last: "closed" }]);
  });

  it("counts by the minute", () => {
    const lines = [0, 1, MINUTE_MS].map((timestamp) => ({ timestamp, group: "router", text: "{}" }));
    expect(runQuery("stats count(*) as lines by bin(1m) as minute | sort minute asc", lines)).toEqual([
      { minute: 0, lines: 2 },
      { minute: MINUTE_MS, lines: 1 },
    ]);
  });
});

it.each([
  ["guess a, b", "guess"],
  ["filter a = ", "too early"],
  ["filter guess(a)", "guess"],
  ["filter (a = 1", ")"],
  ["filter a = 1 b", "b"],
  ["sort a", "asc"],
  ["stats guess(a)", "guess"],
  ["filter a ~ 1", "~"],
])("what is not known is refused, not passed over: %s", (query, why) => {
  expect(() => runQuery(query, [])).toThrow(QueryError);
  expect(() => runQuery(query, [])).toThrow(why);
});

it.each(QUERIES.map(({ name, query }) => [name, query] as const))("the stored query %s can be run", (_, query) => {
  expect(runQuery(query, [])).toEqual([]);
});
