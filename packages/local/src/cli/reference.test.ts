import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { EXIT } from "./failure.ts";
import { createProgram } from "./program.ts";
import { withReference } from "./reference.ts";

const PAGE = resolve(import.meta.dirname, "../../../docs/cli.md");
const page = await readFile(PAGE, "utf8");
const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap((child) => all(child))];
const leaves = all(createProgram()).filter((command) => command.commands.length === 0);
const pathOf = (command: Command): string => (command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`);

it("the page of the command line is what its commands say now (vitest -u writes it)", async () => {
  await expect(withReference(page, createProgram())).toMatchFileSnapshot(PAGE);
});

it("a page without its marks is not written over", () => {
  expect(() => withReference("# Commands\n", createProgram())).toThrow("<!-- end -->");
});

it("the page names every exit code, and no other", () => {
  const told = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(told).toEqual(Object.values(EXIT));
});

it("every example of the page is a command that exists, with options that it has", () => {
  const fences = [...page.matchAll(/```sh\n([\s\S]+?)```/g)].flatMap(([, text = ""]) => text.split("\n"));
  const typed = fences.flatMap((line) => /\bstreamer (.+?)(?: {2,}#.*)?$/.exec(line)?.slice(1) ?? []);
  expect(typed.length).toBeGreaterThan(10);
  const wrong = typed.filter((line) => {
    const words = line.split(/\s+/);
    const command = leaves.find((leaf) => `streamer ${words.slice(0, pathOf(leaf).split(" ").length - 1).join(" ")}` === pathOf(leaf));
    const options = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]);
    const known = command ?? leaves.find((leaf) => pathOf(leaf) === `streamer ${words[0]} list`);
    return known === undefined || options.some((option) => known.options.every(({ long }) => long !== option));
  });
  expect(wrong).toEqual([]);
});

describe("the commands are of one kind:", () => {
  const named = leaves.map((command) => [pathOf(command), command] as const);

  it.each(named)("%s says what it does", (_, command) => expect(command.description()).toMatch(/^[a-z]/));

  // What makes files has nothing to print.
  it.each(named.filter(([path]) => path !== "streamer init"))("%s prints JSON when asked", (_, command) => {
    expect(command.options.map(({ long }) => long)).toContain("--json");
  });

  it("an option of one name is described, and takes its value, in one way", () => {
    const same = ["--json", "--data-dir", "--region", "--url", "--user", "--tenant", "--limit"];
    const flags = new Map<string, Set<string>>();
    for (const { long, flags: written } of leaves.flatMap((command) => command.options)) {
      if (long !== undefined && same.includes(long)) flags.set(long, new Set([...(flags.get(long) ?? []), written]));
    }
    expect([...flags].filter(([, written]) => written.size > 1).map(([long, written]) => [long, [...written]])).toEqual([]);
  });
});
