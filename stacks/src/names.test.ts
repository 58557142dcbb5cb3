import { expect, test } from "vitest";
import { componentName, pascalCase, physicalName } from "./names.ts";

const app = { name: "streamer", stage: "prod" };

test("a component's name has letters and digits only", () => {
  expect(pascalCase("generate_report")).toBe("GenerateReport");
  expect(componentName("generate_report", "Queue")).toBe("StreamerGenerateReportQueue");
});

test("a physical name says the app and the stage", () => {
  expect(physicalName(app, "generate_report", 64)).toBe("streamer-prod-generate_report");
});

test("a physical name that is too long is cut, and differs from another with the same beginning", () => {
  const one = physicalName(app, `${"long_".repeat(20)}one`, 64);
  const two = physicalName(app, `${"long_".repeat(20)}two`, 64);
  expect(one).toHaveLength(64);
  expect(one).toMatch(/^streamer-prod-long_/);
  expect(one).not.toBe(two);
});
