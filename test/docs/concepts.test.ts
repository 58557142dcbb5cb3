import { join } from "node:path";
import { expect, it } from "vitest";
import { codeBlocksOf, importSource, ROOT } from "./codeBlocks.ts";
import { readPage, tableWith } from "./pages.ts";

interface Transition {
  readonly clauses: readonly { readonly from: string }[];
  readonly to: string;
}

const { TRANSITIONS } = await importSource<{ readonly TRANSITIONS: Readonly<Record<string, Transition>> }>(
  "packages/server/src/table/transitions.ts",
);
const PAGE = "packages/docs/concepts/life-of-a-request.md";
const diagram = codeBlocksOf(PAGE).find(({ code }) => code.startsWith("stateDiagram-v2"))?.code ?? "";

it("the picture of the states has each transition that the table has, and no other", () => {
  const drawn = [...diagram.matchAll(/^\s+(\w+) --> (\w+): (\w+)$/gm)].map(([, from, to, name]) => `${from} --> ${to}: ${name}`);
  const made = Object.entries(TRANSITIONS).flatMap(([name, { clauses, to }]) => clauses.map(({ from }) => `${from} --> ${to}: ${name}`));
  expect(drawn.toSorted()).toEqual(made.toSorted());
});

it("each transition has somebody who writes it", () => {
  const told = tableWith(readPage(join(ROOT, PAGE)), ["who", "writes"]).flatMap(([, names = ""]) => names.split(", "));
  expect(new Set(told)).toEqual(new Set(["create", ...Object.keys(TRANSITIONS)]));
});
