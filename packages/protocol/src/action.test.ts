import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { actionKey, defineAction, defineActions, isAsync } from "./action.ts";
import type { Actions, RetryPolicy } from "./action.ts";
import type { Duration } from "./duration.ts";

const schemas = { input: v.object({}), output: v.unknown() };
const define = (options: Readonly<Record<string, unknown>> = {}, name = "generate_report") =>
  defineAction(name, { ...schemas, estimatedDuration: "2 minutes", ...options });

describe("an action's defaults", () => {
  test("a long action may run for 14 minutes, three times, in 512 MB, fifty at a time", () => {
    expect(define()).toMatchObject({
      name: "generate_report",
      estimatedDurationMs: 120_000,
      timeoutMs: 840_000,
      retry: { attempts: 3, minDelayMs: 1_000, maxDelayMs: 60_000, factor: 2 },
      permissions: [],
      memory: "512 MB",
      concurrency: 50,
      progress: undefined,
    });
  });

  test("a short action may run for 25 seconds", () => {
    expect(define({ estimatedDuration: "10 milliseconds" }).timeoutMs).toBe(25_000);
  });

  test("what is given stands", () => {
    const retry: RetryPolicy = { attempts: 4, minDelay: "2 seconds", maxDelay: "12 hours", factor: 1 };
    expect(define({ timeout: "14 minutes", retry, permissions: ["reports:write"], memory: "1 GB", concurrency: 2 })).toMatchObject({
      timeoutMs: 840_000,
      retry: { attempts: 4, minDelayMs: 2_000, maxDelayMs: 43_200_000, factor: 1 },
      permissions: ["reports:write"],
      memory: "1 GB",
      concurrency: 2,
    });
  });

  test("an action expected to take over five seconds is asynchronous", () => {
    expect(isAsync(define({ estimatedDuration: "5 seconds" }))).toBe(false);
    expect(isAsync(define({ estimatedDuration: "5.1 seconds" }))).toBe(true);
    expect(isAsync(define({ estimatedDuration: "5 seconds" }), 4_999)).toBe(true);
  });
});

describe("a refused name", () => {
  test.each([
    "generateReport",
    "GenerateReport",
    "generate-report",
    "generate__report",
    "_report",
    "report_",
    "1st_report",
    "step_2",
    "top_10_users",
    "",
    "réport",
  ])("%j is not snake_case", (name) => {
    expect(() => define({}, name)).toThrow(RangeError);
    expect(() => define({}, name)).toThrow(`Action "${name}": the name must be snake_case`);
  });

  test("one of 64 characters is taken, one of 65 is not", () => {
    expect(define({}, "a".repeat(64)).name).toHaveLength(64);
    expect(() => define({}, "a".repeat(65))).toThrow("up to 64 characters");
  });
});

describe("a limit out of its range is refused, naming the action, the value and the fix", () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["a timeout over 14 minutes", { timeout: "15 minutes" }, ['"15 minutes"', "at most 14 minutes"]],
    ["a timeout of nothing", { timeout: "0 seconds" }, ['"0 seconds"', "over 0"]],
    ["no attempts", { retry: { attempts: 0 } }, ["retry.attempts 0", "from 1 to 20"]],
    ["21 attempts", { retry: { attempts: 21 } }, ["retry.attempts 21", "from 1 to 20"]],
    ["half an attempt", { retry: { attempts: 1.5 } }, ["retry.attempts 1.5", "whole number"]],
    ["a least delay over the greatest", { retry: { minDelay: "2 minutes" } }, ["retry.minDelay must not be over retry.maxDelay"]],
    ["a delay over SQS's longest", { retry: { maxDelay: "13 hours" } }, ["retry.maxDelay must be at most 12 hours"]],
    ["a shrinking delay", { retry: { factor: 0.5 } }, ["retry.factor 0.5", "at least 1"]],
    ["a factor that is no number", { retry: { factor: Number.NaN } }, ["retry.factor NaN", "at least 1"]],
    ["one at a time", { concurrency: 1 }, ["concurrency 1", "from 2 to 1,000"]],
    ["1,001 at a time", { concurrency: 1_001 }, ["concurrency 1001", "from 2 to 1,000"]],
    ["a long estimate in milliseconds", { estimatedDuration: "6000 milliseconds" }, ['"6000 milliseconds"', "in seconds"]],
    ["an estimate that is none", { estimatedDuration: "soon" }, ['estimatedDuration: "soon" is not a duration', '"5 seconds"']],
    ["a timeout that is none", { timeout: "later" }, ['timeout: "later" is not a duration']],
    ["a delay that is none", { retry: { minDelay: "now" } }, ['retry.minDelay: "now" is not a duration']],
  ])("%s", (_, options, parts) => {
    expect(() => define(options)).toThrow(RangeError);
    for (const part of ['Action "generate_report": ', ...parts]) expect(() => define(options)).toThrow(part);
  });

  // The compiler sorts actions by the text of the estimate, the running system by its length.
  test.each<[Duration, string]>([
    ["0.05 minutes", '"3 seconds"'],
    ["0 minutes", '"0 seconds"'],
    ["5.0 seconds", '"5 seconds"'],
    ["05 seconds", '"5 seconds"'],
    ["00.5 seconds", '"0.5 seconds"'],
  ])("an estimate of %j, which the compiler would take for longer than it is: write %s", (estimatedDuration, fix) => {
    expect(() => define({ estimatedDuration })).toThrow(`write the estimated duration "${estimatedDuration}" as ${fix}`);
  });
});

describe("the list of an app's actions", () => {
  const report = define();
  const echo = define({ estimatedDuration: "10 milliseconds" }, "echo");
  const list = (actions: Actions) => defineActions(actions as Record<string, never>);

  test("is given back as it is", () => {
    const actions = { echo, generateReport: report };
    expect(list(actions)).toBe(actions);
  });

  test("a key that is not the camelCase of the name is refused, naming the right one", () => {
    expect(() => list({ generate_report: report })).toThrow(
      new RangeError('Action "generate_report" stands under the key "generate_report". Call the key "generateReport".'),
    );
  });

  test("a name that is there twice is refused", () => {
    expect(() => list({ generateReport: report, generatereport: report })).toThrow(
      new RangeError('Action "generate_report" is defined twice. Give one of them another name.'),
    );
  });

  test.each([
    ["echo", "echo"],
    ["generate_report", "generateReport"],
    ["a_b_c", "aBC"],
    ["top10_users", "top10Users"],
  ])("the key of %s is %s", (name, key) => {
    expect(actionKey(name)).toBe(key);
  });
});
