import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./codeBlocks.ts";
import { optionsOf, tableOf } from "./options.ts";
import { readPage, tableWith } from "./pages.ts";

const PAGE = join(ROOT, "packages/docs/configuration.md");
const page = readPage(PAGE);

/** The marks of the page, and the interface that each stands for. */
const SECTIONS: Readonly<Record<string, readonly [file: string, name: string]>> = {
  defineAction: ["packages/protocol/src/action.ts", "ActionOptions"],
  retry: ["packages/protocol/src/action.ts", "RetryPolicy"],
  defineTopic: ["packages/protocol/src/topic.ts", "TopicOptions"],
  createStreamer: ["stacks/src/options.ts", "StreamerOptions"],
  createRouter: ["packages/server/src/router/createRouter.ts", "RouterConfig"],
  rateLimits: ["packages/server/src/router/rateLimits.ts", "RateLimits"],
  createSweeper: ["packages/server/src/sweeper/createSweeper.ts", "SweeperConfig"],
  createNotifier: ["packages/server/src/notifier/createNotifier.ts", "NotifierConfig"],
  startLocalStack: ["packages/local/src/stack/startLocalStack.ts", "LocalStackOptions"],
  client: ["packages/client/src/types.ts", "StreamerClientOptions"],
  request: ["packages/client/src/types.ts", "RequestOptions"],
  batch: ["packages/client/src/batch/types.ts", "BatchOptions"],
};

function withTables(text: string): string {
  let result = text;
  for (const [mark, [file, name]] of Object.entries(SECTIONS)) {
    const pattern = new RegExp(`(<!-- options of ${mark}: written from the code -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!pattern.test(result)) throw new Error(`The page has no mark for the options of ${mark}.`);
    result = result.replace(pattern, (_, begin: string, end: string) => `${begin}\n${tableOf(optionsOf(file, name))}\n\n${end}`);
  }
  return result;
}

/** Every setting that a source reads by its name. */
function settingsRead(files: readonly string[]): ReadonlySet<string> {
  const patterns = [
    /process\.env(?:\["([A-Z_]+)"\]|\.([A-Z_]+))/g,
    /\benv(?:ironment)?\["([A-Z_]+)"\]/g,
    /\b((?:STREAMER|POWERTOOLS)_[A-Z_]+)\b/g,
  ];
  const texts = globSync(files, { cwd: ROOT, exclude: ["**/*.test.ts"] }).map((file) => readFileSync(join(ROOT, file), "utf8"));
  return new Set(
    texts.flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, one, other]) => one ?? other ?? ""))),
  );
}

describe("the page of the configuration", () => {
  it("has the options that the code has, with what it says of them (vitest -u writes it)", async () => {
    await expect(withTables(page.text)).toMatchFileSnapshot(PAGE);
  });

  it("names every setting that Streamer's functions, its app and its command line read, and no other", () => {
    const files = ["packages/{server,functions,local,protocol}/src/**/*.ts", "stacks/src/**/*.ts", "sst.config.ts"];
    // The platform's own, and what one process of ours hands to another that it starts.
    const others = /^(?:AWS_|SST_|_X_AMZN|HOME$|PATH$|NODE_|NO_COLOR|FORCE_COLOR|STREAMER_HOST_SECRET$|STREAMER_QUEUE_URL$|HOSTNAME$)/;
    const read = [...settingsRead(files)].filter((name) => !others.test(name));
    const told = tableWith(page, ["setting", "read by", "what"]).map(([name = ""]) => name);
    expect(told.toSorted()).toEqual(read.toSorted());
  });

  it("an option without a word is noticed", () => {
    expect(() => optionsOf("packages/protocol/src/action.ts", "NotThere")).toThrow("has no interface NotThere");
    expect(() => optionsOf("test/docs/codeBlocks.ts", "CodeBlock")).not.toThrow();
  });
});
