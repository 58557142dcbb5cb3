import { expect, test } from "vitest";
import { isProduction, stageSettings } from "./stages.ts";

test("a developer's stage has verbose logs, no alarms, and is removed whole", () => {
  expect(stageSettings("mia")).toMatchObject({ logLevel: "DEBUG", alarms: undefined, keepData: false });
});

test("staging is watched with thresholds of its own", () => {
  expect(stageSettings("staging")).toMatchObject({ logLevel: "INFO", alarms: "staging", keepData: false });
});

test.each(["prod", "production"])("%s keeps its data", (stage) => {
  expect(stageSettings(stage)).toMatchObject({ logLevel: "INFO", alarms: "prod", keepData: true });
  expect(isProduction(stage)).toBe(true);
});

test("a name that only begins like production is a developer's", () => {
  expect(isProduction("prod-copy")).toBe(false);
  expect(isProduction(undefined)).toBe(false);
  expect(stageSettings("prod-copy").alarms).toBeUndefined();
});
