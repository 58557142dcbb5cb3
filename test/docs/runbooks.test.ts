import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { METRICS, QUERIES, TRACE_FILTERS } from "@streamer/server/wiring";
import { errors } from "jose";
import { describe, expect, it } from "vitest";
import { runStreamer } from "../support/devProcess.ts";
import { deadLinks, named, operatorPages, readPage, RUNBOOKS, runbooks, sections, streamerCommands, tableWith } from "./pages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SECTIONS = ["What it means", "What clients see", "How to look", "How to mend", "How to verify"];

/** Guides answer a symptom and no alarm: how many steps each has (S-298 to S-303). */
const GUIDES: Readonly<Record<string, { readonly requirement: string; readonly steps: number }>> = {
  "connection-failures": { requirement: "S-298", steps: 6 },
  performance: { requirement: "S-299", steps: 5 },
  "integration-problems": { requirement: "S-300", steps: 4 },
  "requests-not-processed": { requirement: "S-301", steps: 5 },
  "progress-not-arriving": { requirement: "S-302", steps: 5 },
  "integration-issues": { requirement: "S-303", steps: 4 },
};

const alarms = METRICS.flatMap((metric) =>
  (metric.alarms ?? []).map(({ id, severity, runbook }) => ({ id, severity, runbook, metric: metric.name })),
);
const pages = operatorPages();
const index = readPage(join(RUNBOOKS, "README.md"));

describe("the runbooks", () => {
  it("are one for each that an alarm, or a guide, asks for, and no others", () => {
    const wanted = new Set([...alarms.map(({ runbook }) => runbook), ...Object.keys(GUIDES)]);
    expect(new Set(runbooks().map(({ name }) => name))).toEqual(wanted);
  });

  it("that a stored query belongs to are there, and name it", () => {
    const missing = QUERIES.filter(
      ({ name, runbook }) => !runbooks().some((page) => page.name === runbook && named("query", page).includes(name)),
    );
    expect(missing.map(({ name, runbook }) => `${runbook}: ${name}`)).toEqual([]);
  });

  it.each(runbooks().map((page) => [page.name, page] as const))("%s has the sections of all", (_, page) => {
    expect(sections(page)).toEqual(SECTIONS);
  });

  it.each(runbooks().map((page) => [page.name, page] as const))(
    "%s names its alarms, what they watch, and how urgent they are",
    (_, page) => {
      const own = alarms.filter(({ runbook }) => runbook === page.name);
      expect(tableWith(page, ["alarm", "on", "severity"])).toEqual(own.map(({ id, metric, severity }) => [id, metric, severity]));
    },
  );

  it.each(Object.entries(GUIDES))("the guide %s has its steps, in order", (name, { requirement, steps }) => {
    const page = readPage(join(RUNBOOKS, `${name}.md`));
    expect(tableWith(page, ["answers", "for"])[0]?.[0]).toBe(requirement);
    const numbers = [...page.text.matchAll(/^### (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: steps }, (_, step) => step + 1));
  });

  it("are all in the index: each alarm with its severity and page, and each page", () => {
    const rows = tableWith(index, ["alarm", "severity", "affected", "page"]);
    const indexed = rows.map(([id, severity, , page = ""]) => [id, severity, /\((.+)\.md\)/.exec(page)?.[1]]);
    const expected = alarms.map(({ id, severity, runbook }) => [id, severity, runbook]);
    expect(indexed.toSorted(byFirst)).toEqual(expected.toSorted(byFirst));
    const linked = runbooks().filter(({ name }) => !index.text.includes(`(${name}.md)`));
    expect(linked.map(({ name }) => name)).toEqual([]);
  });
});

describe.each(pages.map((page) => [page.name, page] as const))("what an operator is told in %s exists:", (_, page) => {
  it("stored queries", () => {
    const known: readonly string[] = QUERIES.map(({ name }) => name);
    expect([...named("query", page), ...named("stored query", page)].filter((name) => name !== "name" && !known.includes(name))).toEqual(
      [],
    );
  });

  it("metrics", () => {
    const known: readonly string[] = METRICS.map(({ name }) => name);
    expect(named("metric", page).filter((name) => name !== "Name" && !known.includes(name))).toEqual([]);
  });

  it("trace filters", () => {
    const known: readonly string[] = TRACE_FILTERS.map(({ name }) => name);
    const told = [...named("trace filter", page), ...named("trace filters", page)];
    expect(told.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("pages that are linked, with their headings", () => {
    expect(deadLinks(page)).toEqual([]);
  });

  it("lines of the log, word by word", () => {
    // A sentence in quotation marks is a line of the log, or the text of an error.
    const sentences = [...page.text.matchAll(/"([A-Z][^"\n]*\.)"/g)].map(([, sentence = ""]) => sentence);
    expect(sentences.filter((sentence) => !sources().some((source) => source.includes(wording(sentence))))).toEqual([]);
  });

  it("reasons for which tokens are refused", () => {
    const codes = Object.values(errors).map((error) => error.code);
    const told = [...page.text.matchAll(/\bERR_[A-Z_]+/g)].map(([code]) => code);
    expect(told.filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("settings", () => {
    const told = [...page.text.matchAll(/\b(?:STREAMER|POWERTOOLS)_[A-Z_]+/g)].map(([name]) => name);
    expect(told.filter((name) => !sources().some((source) => source.includes(name)))).toEqual([]);
  });

  it("scripts of package.json", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
    const told = [...page.text.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name = ""]) => name);
    expect(told.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

it("each command that an operator is to type exists, with its options", { timeout: 60_000 }, async () => {
  const options = new Map<string, Set<string>>();
  for (const { command, options: used } of pages.flatMap((page) => streamerCommands(page))) {
    options.set(command, new Set([...(options.get(command) ?? []), ...used]));
  }
  const wrong: string[] = [];
  for (const [command, used] of options) {
    const { code, stdout } = await runStreamer([...command.split(" "), "--help"]);
    // A command of its own, not the help of those above it.
    if (code !== 0 || !stdout.startsWith(`Usage: streamer ${command} `)) wrong.push(command);
    for (const option of used) if (!new RegExp(`${option}\\b`).test(stdout)) wrong.push(`${command} ${option}`);
  }
  expect(wrong).toEqual([]);
  expect([...options.keys()]).toEqual(expect.arrayContaining(["doctor", "requests redrive", "connections disconnect", "table describe"]));
});

function byFirst([a = ""]: readonly (string | undefined)[], [b = ""]: readonly (string | undefined)[]): number {
  return a < b ? -1 : 1;
}

let read: readonly string[] | undefined;
/** The sources that write logs and errors, and read settings. */
function sources(): readonly string[] {
  return (read ??= globSync(["packages/{server,protocol,local}/src/**/*.ts", "sst.config.ts"], {
    cwd: ROOT,
    exclude: ["**/*.test.ts"],
  }).map((file) => readFileSync(join(ROOT, file), "utf8")));
}

/** Of a text with a value in it, what stands around the value. */
function wording(sentence: string): string {
  return sentence.split(/STREAMER_[A-Z_]+/)[0] ?? sentence;
}
