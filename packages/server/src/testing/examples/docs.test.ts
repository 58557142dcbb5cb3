import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the example of the testing guide is the one that is run here", () => {
  const example = read("./importOrders.test.ts")
    .replace('"../index.ts"', '"@streamer/server/testing"')
    .replaceAll('"../../index.ts"', '"@streamer/server"');
  expect(read("../../../../docs/testing.md")).toContain(`\`\`\`ts\n${example}\`\`\``);
});

test("the topic and the publishing of the guide to topics are those that are run here", () => {
  const guide = read("../../../../docs/topics.md");
  const example = read("./summarizeReport.test.ts")
    .replace('"../index.ts"', '"@streamer/server/testing"')
    .replace('"../../index.ts"', '"@streamer/server"')
    .replace('"./topics.ts"', '"../src/topics/index.ts"');
  for (const code of [read("./topics.ts"), example]) expect(guide).toContain(`\`\`\`ts\n${code}\`\`\``);
});
