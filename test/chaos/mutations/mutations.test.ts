import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MUTATIONS } from "./index.ts";
import { mutated } from "./mutation.ts";

const ROOT = new URL("../../../", import.meta.url);

it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("%s: the place to break is there exactly once", (_, mutation) => {
  const source = readFileSync(new URL(mutation.file, ROOT), "utf8");
  expect(mutated(source, mutation)).not.toBe(undefined);
  expect(mutated(source, mutation)).not.toBe(source);
  expect(mutation.tests.filter((test) => !existsSync(new URL(test, ROOT)))).toEqual([]);
  expect(mutation.tests).not.toEqual([]);
});

it("no two mutations have the same name", () => {
  const names = MUTATIONS.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("a snippet that is gone, or that is there twice, is no place to break", () => {
  expect(mutated("a b", { find: "c", replace: "" })).toBeUndefined();
  expect(mutated("b a b", { find: "b", replace: "" })).toBeUndefined();
  expect(mutated("a b", { find: "b", replace: "c" })).toBe("a c");
});
