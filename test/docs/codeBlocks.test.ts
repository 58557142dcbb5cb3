import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeBlocksOf, pagesWithCode, placeOf, ROOT } from "./codeBlocks.ts";
import type { CodeBlock } from "./codeBlocks.ts";
import { compileProblems } from "./compileBlocks.ts";
import { shellProblems } from "./shellProblems.ts";

/** How a block of each language is checked. `text` is what is printed, drawn or read, and is no code. */
const LANGUAGES = ["ts", "tsx", "json", "sh", "mermaid", "text"];

/** Pages whose code is held, by a test of its own, to files that are compiled and run. */
const ELSEWHERE: Readonly<Record<string, string>> = { "packages/react/README.md": "packages/react/src/readme.test.ts" };

const blocks = pagesWithCode().flatMap((page) => codeBlocksOf(page));
const of = (...languages: readonly string[]): readonly CodeBlock[] => blocks.filter(({ language }) => languages.includes(language));

describe("the code of the pages", () => {
  it("is in a language that is checked, and says which", () => {
    const unknown = blocks.filter(({ language }) => !LANGUAGES.includes(language));
    expect(unknown.map((block) => `${placeOf(block)}: "${block.language}" is none of ${LANGUAGES.join(", ")}.`)).toEqual([]);
    expect(blocks.length).toBeGreaterThan(100);
  });

  it("compiles, each TypeScript block of it", { timeout: 120_000 }, async () => {
    const compiled = of("ts", "tsx").filter(({ info, page }) => info["from"] === undefined && ELSEWHERE[page] === undefined);
    expect(compiled.length).toBeGreaterThan(20);
    expect(await compileProblems(compiled)).toEqual([]);
    expect(Object.values(ELSEWHERE).filter((test) => !existsSync(join(ROOT, test)))).toEqual([]);
  });

  it("stands word for word in the file that its fence names", () => {
    const quoted = blocks.filter(({ info }) => info["from"] !== undefined);
    const wrong = quoted.filter(
      ({ code, info: { from = "" } }) => !squeezed(readFileSync(join(ROOT, from), "utf8")).includes(squeezed(code)),
    );
    expect(wrong.map((block) => `${placeOf(block)}: this is not in ${block.info["from"]}.`)).toEqual([]);
  });

  it("is JSON where it says so", () => {
    expect(of("json").flatMap((block) => jsonProblem(block))).toEqual([]);
  });

  it("can be typed where it is typed: its scripts, commands and options exist", () => {
    expect(of("sh").flatMap((block) => shellProblems(block))).toEqual([]);
  });

  it("is a kind of diagram that the site draws", () => {
    const kinds = /^(?:sequenceDiagram|stateDiagram-v2|erDiagram|flowchart (?:LR|TD)|classDiagram)$/;
    expect(
      of("mermaid")
        .filter(({ code }) => !kinds.test(code.split("\n")[0] ?? ""))
        .map((block) => placeOf(block)),
    ).toEqual([]);
  });
});

describe("the checks notice", () => {
  const block = (language: string, code: string, info = ""): CodeBlock => {
    const [one] = codeBlocksOf("page.md", `# A page\n\n\`\`\`${language} ${info}\n${code}\n\`\`\`\n`);
    if (one === undefined) throw new Error("There is no block.");
    return one;
  };

  it("a type that does not fit, by the page's line", { timeout: 60_000 }, async () => {
    const wrong = block("ts", 'const one = 1;\nconst two: number = "2";\napi.nothing.submit({});');
    expect(await compileProblems([wrong, block("ts", "", "fixture=none")])).toEqual([
      'page.md:4: there is no fixture "none" in test/docs/fixtures.',
      expect.stringMatching(/^page\.md:5: error TS2322/),
      expect.stringMatching(/^page\.md:6: error TS2339/),
    ]);
  });

  it.each([
    ["npx streamer submit echo --loud", '"streamer submit" has no option --loud.'],
    ["npx streamer fly", '"streamer fly" does not exist.'],
    ["npm ci && npm run fly", 'package.json has no script "fly".'],
    ["npx sst shell --stage prod -- npx streamer doctor --fast", '"streamer doctor" has no option --fast.'],
    ['A=1 npx streamer submit echo --token "$(npx streamer token --name ada)"', '"streamer token" has no option --name.'],
    ["npx not-installed", '"npx not-installed" is not installed here.'],
    ["rm -rf /", '"rm" is not known here. Add it to OTHERS if readers have it.'],
  ])("what cannot be typed: %s", (command, problem) => {
    expect(shellProblems(block("sh", `# first\n${command} # "--comment"`))).toEqual([`page.md:5: ${problem}`]);
  });

  it("JSON that is none, and a block that is never closed", () => {
    expect(jsonProblem(block("json", '{ "a": … }'))).toHaveLength(1);
    expect(() => codeBlocksOf("page.md", "```ts\nconst a = 1;\n")).toThrow("page.md:1: this block is never closed.");
  });
});

function jsonProblem(block: CodeBlock): readonly string[] {
  try {
    JSON.parse(block.code);
    return [];
  } catch (error) {
    return [`${placeOf(block)}: ${(error as SyntaxError).message}`];
  }
}

/** Without what an indentation changes. */
function squeezed(text: string): string {
  return text.replaceAll(/^\s+/gm, "").trim();
}
