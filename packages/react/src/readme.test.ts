import { readFileSync } from "node:fs";
import { join } from "node:path";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement } from "react";
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { StreamerProvider } from "./provider/streamerProvider.ts";
import * as examples from "./testing/readmeExamples.tsx";

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");
const blocks = [...read("../README.md").matchAll(/```tsx\n(.*?)```/gs)].map(([, code]) => code ?? "");
const compiled = read("testing/readmeExamples.tsx");

test("the README has examples, and no other code than what is compiled", () => {
  expect(blocks.length).toBeGreaterThan(5);
  const parts = blocks.flatMap((block) => block.split(/\n\n(?=export|function)/));
  expect(parts.filter((part) => !compiled.includes(part.trim()))).toEqual([]);
});

test.each([
  ["GenerateReport", examples.GenerateReport, /<progress max="100" value="0">/],
  ["App", examples.App, /^<button>idle<\/button>$/],
  ["ResumedReport", examples.ResumedReport, /^<button>idle<\/button>$/],
  ["Log", () => createElement(examples.Log, { id: "r1" }), /^<ol><\/ol>$/],
  ["ManyReports", examples.ManyReports, /^<button>Generate<\/button><progress max="100" value="0">.*>0<!-- --> of <!-- -->0/],
  ["Reports", examples.Reports, /^$/],
  ["Lobby", () => createElement(examples.Lobby, { refetch: () => {} }), /^<p>0<!-- --> here<\/p><ol><\/ol>$/],
  ["Offline", examples.Offline, /^$/],
  ["Mutation", examples.Mutation, /^<button>Generate<\/button>$/],
])("a server renders the example %s", (_, Example, expected) => {
  const children = createElement(Example as () => ReactElement | null);
  const provided = createElement(StreamerProvider, { client: examples.api, children });
  expect(renderToString(createElement(QueryClientProvider, { client: new QueryClient() }, provided))).toMatch(expected);
});
