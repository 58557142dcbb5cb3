import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, it } from "vitest";
import { ACCESS_PATTERNS, createStores } from "../testing/accessPatterns.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";

/** What the table of the documentation says of a way to ask. */
interface Row {
  readonly pattern: string;
  readonly verb: string;
  /** In the words of the call log. */
  readonly calls: string;
  /** Files, from the documentation's folder. */
  readonly usedIn: readonly string[];
}

const DOCS = resolve(import.meta.dirname, "../../../docs");
const rows = rowsOf(readFileSync(resolve(DOCS, "storage.md"), "utf8"));

/** The rows between the two marks of the page. */
function rowsOf(page: string): readonly Row[] {
  const [, table = ""] = page.split(/<!-- access patterns.*-->/);
  return table
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (What is wanted|---)/.test(line))
    .map((line) => {
      const [, pattern = "", verb = "", calls = "", usedIn = ""] = line.split("|").map((cell) => cell.trim());
      return {
        pattern,
        verb: verb.replaceAll("`", ""),
        calls: calls.replaceAll("`", ""),
        usedIn: [...usedIn.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? ""),
      };
    });
}

it("the page has a row for every pattern that is tried here, and the other way round", () => {
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.map((row) => row.verb).toSorted()).toEqual(Object.keys(ACCESS_PATTERNS).toSorted());
});

it("every verb of every store has a row", async () => {
  const stores = createStores(await createTestTable(), createFakeClock());
  const verbs = Object.entries(stores).flatMap(([name, store]) => Object.keys(store as object).map((verb) => `${name}.${verb}`));
  const described = new Set(rows.map((row) => row.verb.split(",")[0]));
  expect(verbs.filter((verb) => !described.has(verb))).toEqual([]);
});

describe("on the engine, as the page says:", () => {
  it.each(rows)("$pattern: $verb is $calls", async ({ verb, calls }) => {
    const clock = createFakeClock();
    const config = await createTestTable();
    const pattern = ACCESS_PATTERNS[verb];
    if (pattern === undefined) throw new Error(`there is no pattern "${verb}"`);
    const call = await pattern(createStores(config, clock), clock);
    const log = logTableCalls(config);
    await call();
    expect(summedUp(log.calls)).toBe(calls);
  });
});

/** `2 × Query gsi1, PutItem`, as the page has it. */
function summedUp(calls: readonly string[]): string {
  const runs: { readonly call: string; times: number }[] = [];
  for (const call of calls) {
    const last = runs.at(-1);
    if (last?.call === call) last.times += 1;
    else runs.push({ call, times: 1 });
  }
  return runs.map(({ call, times }) => (times === 1 ? call : `${times} × ${call}`)).join(", ");
}

it.each(rows)("$verb is used where the page says", ({ verb, usedIn }) => {
  expect(usedIn.length).toBeGreaterThan(0);
  const name = (verb.split(",")[0] ?? "").split(".")[1] ?? "";
  for (const file of usedIn) {
    const path = resolve(DOCS, file);
    expect({ path, exists: existsSync(path) }).toEqual({ path, exists: true });
    expect(readFileSync(path, "utf8")).toMatch(new RegExp(`\\.${name}\\(`));
  }
});
