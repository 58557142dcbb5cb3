import { defineAction } from "@streamer/protocol";
import type { ProcessorWiring, Wiring } from "@streamer/server/wiring";
import { createWiring } from "@streamer/server/wiring";
import { expect, test } from "vitest";
import { validateWiring } from "./validate.ts";

const any = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } } as const;
const exportOrders = defineAction("export_orders", { input: any, output: any, estimatedDuration: "1 minute", timeout: "5 minutes" });
const wiring = createWiring({ exportOrders });
const [processor] = wiring.processors as [ProcessorWiring];

const check = (changed: Wiring, missing: readonly string[] = []) =>
  validateWiring(changed, "functions", { moduleExists: (path) => !missing.includes(path) });
const withProcessor = (changes: Partial<ProcessorWiring>): Wiring => ({ ...wiring, processors: [{ ...processor, ...changes }] });

test("what createWiring makes is fine", () => {
  expect(() => check(wiring)).not.toThrow();
});

test("a handler that is not there is named, with its action and what to do", () => {
  expect(() => check(wiring, ["functions/src/actions/exportOrders/processor"])).toThrow(
    'Action "export_orders": there is no functions/src/actions/exportOrders/processor.ts. Create it, and export "handler" from it.',
  );
});

test("a route's handler that is not there is named", () => {
  expect(() => check(wiring, ["functions/src/router"])).toThrow('Route function "router": there is no functions/src/router.ts.');
});

test("the notifier's handler that is not there is named", () => {
  expect(() => check(wiring, ["functions/src/notifier"])).toThrow("The notifier: there is no functions/src/notifier.ts.");
});

test("a notifier's queue whose messages come back before its function has ended is refused", () => {
  const { notifier } = wiring;
  const withVisibility = (visibilityTimeoutMs: number): Wiring => ({
    ...wiring,
    notifier: { ...notifier, queue: { ...notifier.queue, visibilityTimeoutMs } },
  });
  expect(() => check(withVisibility(59_999))).toThrow(/^The notifier: .*59999 ms.* Set visibilityTimeoutMs to at least 60000\.$/);
  expect(() => check(withVisibility(60_000))).not.toThrow();
});

test.each(["notifier", "noti_fier"])("an action %s, whose queue would have the notifier's name, is refused", (action) => {
  expect(() => check(withProcessor({ action }))).toThrow(`Action "${action}" would share the AWS names of Streamer's own notifier`);
});

test("a timeout over 14 minutes is refused", () => {
  const changed = withProcessor({ function: { ...processor.function, timeoutMs: 16 * 60_000 } });
  expect(() => check(changed)).toThrow('Action "export_orders": its timeout of 15 minutes is over 14 minutes');
});

test("a queue whose messages come back before its function has ended is refused", () => {
  const changed = withProcessor({ queue: { ...processor.queue, visibilityTimeoutMs: 359_999 } });
  expect(() => check(changed)).toThrow(/^Action "export_orders": .*359999 ms.* Set visibilityTimeoutMs to at least 360000\.$/);
});

test("a visibility of exactly the function's timeout is enough", () => {
  expect(() => check(withProcessor({ queue: { ...processor.queue, visibilityTimeoutMs: 360_000 } }))).not.toThrow();
});

test("a name that is not snake_case is refused", () => {
  expect(() => check(withProcessor({ action: "ExportOrders" }))).toThrow('Action "ExportOrders": the name must be snake_case');
});

test("two actions of one name are refused", () => {
  expect(() => check({ ...wiring, processors: [processor, processor] })).toThrow('Action "export_orders" is there twice.');
});

test("two actions that would share AWS names are refused", () => {
  const other = { ...processor, action: "exp_ort_orders" };
  expect(() => check({ ...wiring, processors: [processor, other] })).toThrow(
    'Actions "export_orders" and "exp_ort_orders" differ by underscores',
  );
});

test("a schedule that is not of whole minutes is refused", () => {
  const schedule = { name: "sweep", everyMs: 90_000, function: processor.function };
  expect(() => check({ ...wiring, schedules: [schedule] })).toThrow('Schedule "sweep": every 90000 ms is not possible on AWS.');
});

test("a Pipe with more patterns than AWS takes is refused", () => {
  const filters = Array.from({ length: 6 }, () => ({ eventName: ["INSERT"] }));
  expect(() => check({ ...wiring, pipe: { ...wiring.pipe, filters } })).toThrow("The Pipe has 6 patterns; AWS takes 5.");
});

test("a Pipe with a longer template than AWS takes is refused", () => {
  const detail = { long: `$.${"x".repeat(8_192)}` };
  expect(() => check({ ...wiring, pipe: { ...wiring.pipe, detail } })).toThrow(/The Pipe's template has \d+ characters; AWS takes 8192\./);
});
