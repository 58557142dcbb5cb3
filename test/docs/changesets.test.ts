import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./codeBlocks.ts";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const packages = globSync(["packages/*/package.json", "stacks/package.json"], { cwd: ROOT }).map((path) => json(path) as Package);
const changesets = globSync(".changeset/!(README).md", { cwd: ROOT }).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), "utf8"),
}));

describe("the changesets", () => {
  it("name packages that go out, and how big the change is for their users", () => {
    const published = new Set(packages.filter((one) => one.private !== true).map(({ name }) => name));
    expect(changesets.flatMap(({ path, text }) => problemsOf(path, text, published))).toEqual([]);
  });

  it("raise all packages together", () => {
    expect(json(".changeset/config.json")).toMatchObject({ fixed: [["@streamer/*"]] });
    expect([...new Set(packages.map(({ version }) => version))]).toHaveLength(1);
  });

  it.each([
    ["no front matter", "A line.\n", "a.md: does not begin with the packages and their bumps between two lines of ---."],
    [
      "a package that there is not",
      '---\n"@streamer/cleint": minor\n---\n\nA line.\n',
      "a.md: @streamer/cleint is no package that is published.",
    ],
    ["a bump that there is not", '---\n"@streamer/client": big\n---\n\nA line.\n', 'a.md: "big" is none of patch, minor, major.'],
    ["nothing said", '---\n"@streamer/client": patch\n---\n', "a.md: says nothing to those who upgrade."],
  ])("are noticed when wrong: %s", (_, text, problem) => {
    expect(problemsOf("a.md", text, new Set(["@streamer/client"]))).toEqual([problem]);
  });
});

function problemsOf(path: string, text: string, published: ReadonlySet<string>): readonly string[] {
  const [, front, said = ""] = /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(text) ?? [];
  if (front === undefined) return [`${path}: does not begin with the packages and their bumps between two lines of ---.`];
  const bumps = [...front.matchAll(/^"(.+)": *(\w+)$/gm)];
  return [
    ...bumps.flatMap(([, name = ""]) => (published.has(name) ? [] : [`${path}: ${name} is no package that is published.`])),
    ...bumps.flatMap(([, , bump = ""]) =>
      /^(patch|minor|major)$/.test(bump) ? [] : [`${path}: "${bump}" is none of patch, minor, major.`],
    ),
    ...(said.trim() === "" && bumps.length > 0 ? [`${path}: says nothing to those who upgrade.`] : []),
  ];
}
