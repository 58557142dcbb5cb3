import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { logLineJsonSchema } from "@streamer/server/testing";
import { expect, test } from "vitest";
import { withLogs } from "./page.ts";

/** When one of these fails: node --conditions=@streamer/source packages/docs/logs/main.ts */
const read = (name: string): Promise<string> => readFile(join(import.meta.dirname, "..", name), "utf8");

test("the tables of the page are what the list of fields says now", async () => {
  const page = await read("observability.md");
  expect(page).toBe(withLogs(page));
});

test("the published schema is the one that is made from the list of fields", async () => {
  expect(JSON.parse(await read("log-line.schema.json"))).toEqual(logLineJsonSchema());
});

test("a page without its marks is not written over", () => {
  expect(() => withLogs("# Logs\n")).toThrow("<!-- end -->");
});
