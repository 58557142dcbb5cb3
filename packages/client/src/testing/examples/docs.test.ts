import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the example of the testing guide is the one that is run here", () => {
  const example = read("./reportPage.test.ts")
    .replace('"../index.ts"', '"@streamer/client/testing"')
    .replace('"./actions.ts"', '"../src/actions/index.ts"');
  expect(read("../../../../docs/testing.md")).toContain(`\`\`\`ts\n${example}\`\`\``);
});

test("the page of the guide to batches is the one that is run here", () => {
  const example = read("./reportBatch.test.ts")
    .replace('"../index.ts"', '"@streamer/client/testing"')
    .replaceAll('"../../index.ts"', '"@streamer/client"')
    .replace('"./actions.ts"', '"../src/actions/index.ts"');
  expect(read("../../../../docs/batches.md")).toContain(`\`\`\`ts\n${example}\`\`\``);
});

test("the page of the guide to topics is the one that is run here", () => {
  const example = read("./reportRoom.test.ts")
    .replace('"../index.ts"', '"@streamer/client/testing"')
    .replaceAll('"../../index.ts"', '"@streamer/client"')
    .replace('"./topics.ts"', '"../src/topics/index.ts"')
    .replace('"./actions.ts"', '"../src/actions/index.ts"');
  expect(read("../../../../docs/topics.md")).toContain(`\`\`\`ts\n${example}\`\`\``);
});
