import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { logGroupOf, nameOfArn, physicalName, pipeName } from "./names.ts";

const stage = { app: "streamer", stage: "prod" };

test("the names are those that stacks/ gives", () => {
  expect(pipeName(stage)).toBe("streamer-prod-requests");
  expect(logGroupOf(stage, "process_generate_report")).toBe("/aws/lambda/streamer-prod-process_generate_report");
});

test("a name that is too long is cut, and ends in the hash of the whole", () => {
  const name = "long_".repeat(20);
  const hash = createHash("sha256").update(`streamer-prod-${name}`).digest("hex").slice(0, 8);
  const cut = physicalName(stage, name, 64);
  expect(cut).toHaveLength(64);
  expect(cut.endsWith(`-${hash}`)).toBe(true);
});

test("a name is the last part of its ARN", () => {
  expect(nameOfArn("arn:aws:sqs:eu-west-1:123456789012:queue-1")).toBe("queue-1");
  expect(nameOfArn("arn:aws:events:eu-west-1:123456789012:event-bus/bus-1")).toBe("bus-1");
});
