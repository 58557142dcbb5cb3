import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { problemsOf } from "./check.ts";
import type { Repository } from "./check.ts";
import { GROUPS } from "./groups/index.ts";
import { PAGE, renderPage, summary } from "./page.ts";
import { done, doneAs, inPart, notApplicable, open } from "./requirement.ts";
import type { Group, Requirement } from "./requirement.ts";
import { readTestNames, ROOT } from "./testNames.ts";

/** Vitest reads some three hundred files for it, in a process of its own. */
const READING_MS = 60_000;

describe("the table", () => {
  let repository: Repository;
  beforeAll(async () => {
    repository = { exists: (path) => existsSync(join(ROOT, path)), tests: await readTestNames() };
  }, READING_MS);

  it("has each requirement once, and every file and test that it names is there", () => {
    expect(problemsOf(GROUPS, repository)).toEqual([]);
  });

  it("has all of S-001 to S-312, in groups A to Q without a hole", () => {
    expect(GROUPS.map(({ letter }) => letter).join("")).toBe("ABCDEFGHIJKLMNOPQ");
    expect(GROUPS.map(({ first }) => first)).toEqual([1, ...GROUPS.slice(0, -1).map(({ last }) => last + 1)]);
    expect(GROUPS.at(-1)?.last).toBe(312);
  });

  it("is what its page says (npm run requirements -- --write)", async () => {
    expect(await readFile(join(ROOT, PAGE), "utf8")).toBe(renderPage(GROUPS));
  });

  it("is held against the tests as Vitest knows them, its own among them, and those that this machine would skip", () => {
    expect(repository.tests.get("test/requirements/requirements.test.ts")).toContain(
      "the table > has all of S-001 to S-312, in groups A to Q without a hole",
    );
    expect(repository.tests.get("test/browser/tabs.test.ts")?.size).toBeGreaterThan(0);
  });
});

describe("a table is refused", () => {
  const repository: Repository = {
    exists: (path) => ["a.test.ts", "other.test.ts", "a.ts"].includes(path),
    tests: new Map([["a.test.ts", new Set(["one", "two > three"])]]),
  };
  const group = (...requirements: readonly Requirement[]): Group => ({ letter: "A", title: "Group", first: 1, last: 2, requirements });
  const second = open("S-002", "second", "to do");

  it.each<[string, readonly Requirement[], string]>([
    ["that lacks an id", [done("S-001", "first", ["a.ts"])], "S-002 is missing in group A."],
    [
      "with an id of another group",
      [done("S-001", "first", ["a.ts"]), second, open("S-003", "third", "to do")],
      "S-003 does not belong to group A.",
    ],
    ["with an id twice", [done("S-001", "first", ["a.ts"]), second, second], "S-002 is there twice."],
    ["out of order", [second, done("S-001", "first", ["a.ts"])], "The ids of group A are not in order."],
    ["that names a file which is not there", [done("S-001", "first", ["b.ts"]), second], "S-001: there is no b.ts."],
    [
      "that names a test which is not there",
      [done("S-001", "first", ["a.test.ts", "three"]), second],
      'S-001: a.test.ts has no test "three".',
    ],
    ["that names a test twice", [done("S-001", "first", ["a.test.ts", "one", "one"]), second], 'S-001: a.test.ts: "one" is named twice.'],
    [
      "that names no test of a test file",
      [done("S-001", "first", ["a.test.ts"]), second],
      "S-001: name the tests of a.test.ts that show it.",
    ],
    [
      "that names a test file which no project runs",
      [done("S-001", "first", ["other.test.ts", "one"]), second],
      "S-001: other.test.ts is no test file of any project, so no test of it can be named.",
    ],
    [
      "that names a test of a file without any",
      [done("S-001", "first", ["a.ts", "one"]), second],
      "S-001: a.ts is no test file of any project, so no test of it can be named.",
    ],
    [
      "that names a file twice for one requirement",
      [done("S-001", "first", ["a.ts"], ["a.test.ts", "one"], ["a.test.ts", "two > three"]), second],
      "S-001 names a.test.ts twice: put its tests together.",
    ],
    ["whose line says nothing", [done("S-001", " ", ["a.ts"]), second], "S-001 says nothing."],
    [
      "that is done without a proof",
      [{ id: "S-001", text: "first", state: "done", proofs: [] }, second],
      "S-001 is done, and nothing shows it.",
    ],
    [
      "that is open with a proof",
      [{ ...open("S-001", "first", "to do"), proofs: [["a.ts"]] }, second],
      "S-001 is open, and has proofs: is it done in part?",
    ],
    ["that is not done and gives no reason", [inPart("S-001", "first", "", ["a.ts"]), second], "S-001 is in part, and does not say why."],
    [
      "that is not applicable for no reason",
      [notApplicable("S-001", "first", " "), second],
      "S-001 is not applicable, and does not say why.",
    ],
  ])("%s", (_, requirements, problem) => {
    expect(problemsOf([group(...requirements)], repository)).toEqual([problem]);
  });

  it("for nothing else: all states, files and tests pass", () => {
    expect(
      problemsOf([group(doneAs("S-001", "first", "otherwise", ["a.test.ts", "one", "two > three"], ["a.ts"]), second)], repository),
    ).toEqual([]);
  });
});

describe("the page", () => {
  it("links what shows a requirement, counts the states, and takes nothing in it for markdown", () => {
    const groups: readonly Group[] = [
      {
        letter: "A",
        title: "Storage",
        first: 1,
        last: 2,
        requirements: [
          done("S-001", "a_b <c> | `d_e`", ["test/a.test.ts", "one [x]"], ["packages/docs/b.md"]),
          open("S-002", "second", "to do"),
        ],
      },
    ];
    const page = renderPage(groups);
    expect(page).toContain(
      "| S-001 | a\\_b \\<c> \\| `d_e` | done | [a](../../test/a.test.ts): “one \\[x\\]”; [b](b.md) |  |\n| S-002 | second | **open** |  | to do |",
    );
    expect(page).toContain("| [A. Storage](#a-storage) | 1 |  | 1 |  | 2 |");
    expect(summary(groups)).toBe("2 requirements: 1 done, 0 in part, 1 open, 0 not applicable.");
  });
});
