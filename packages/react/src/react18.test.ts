// @vitest-environment jsdom
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installReact18 } from "./testing/installReact18.ts";

installReact18();

/** Of what React 18 does not have: `Activity`. */
const ONLY_19 = ["activity.test.ts"];
const folder = import.meta.dirname;

test("it is React 18 that is tested", async () => {
  const [{ version }, dom] = await Promise.all([import("react"), import("react-dom")]);
  expect([version, dom.version]).toEqual(["18.3.1", "18.3.1"]);
});

describe("on React 18", async () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
  const others = files.filter((file) => file !== "react18.test.ts" && !ONLY_19.some((name) => file.endsWith(name)));
  // Importing a test file declares its tests, here.
  for (const file of others.toSorted()) {
    // One after the other, so that they are declared in order.
    await import(join(folder, file));
  }
});
