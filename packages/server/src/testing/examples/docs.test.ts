import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the example of the testing guide is the one that is run here", () => {
  const example = read("./importOrders.test.ts")
    .replace('"../index.ts"', '"@streamer/server/testing"')
    .replaceAll('"../../index.ts"', '"@streamer/server"');
  expect(read("../../../../docs/testing.md")).toContain(`\`\`\`ts\n${example}\`\`\``);
});
