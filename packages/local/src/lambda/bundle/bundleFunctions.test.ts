import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleFixtures, fixturesRoot, fixtureSpec } from "../fixtures/harness.ts";
import { bundleFunctions } from "./bundleFunctions.ts";

let outDir: string;
beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "streamer-bundles-"));
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

const options = () => ({ root: fixturesRoot, outDir, conditions: ["@streamer/source"] });

test("each function is one module of its own with a source map, also when two share a handler", async () => {
  const specs = [fixtureSpec("simple.echo", { name: "one" }), fixtureSpec("simple.echo", { name: "two" })];
  const bundles = await bundleFunctions(specs, options());
  expect([...bundles.keys()]).toEqual(["one", "two"]);
  for (const [name, path] of bundles) {
    expect(basename(path)).toBe(`${name}.mjs`);
    const code = await readFile(path, "utf8");
    expect(code).toContain("shared-module");
    expect(code).not.toMatch(/from "\./);
    await expect(readFile(`${path}.map`, "utf8")).resolves.toContain("fixtures/simple.ts");
  }
});

test("CommonJS dependencies and sources of the workspaces work in a bundle that has nothing beside it", async () => {
  const functions = await bundleFixtures(["module.handler"]);
  const result = await functions.pool("module.handler").invoke({});
  await functions.close();
  expect(result).toEqual({ folder: expect.stringMatching(/^streamer-functions-/), file: "module_handler.mjs", fromWorkspace: "function" });
});

test("what an app sets for its own build holds here too", async () => {
  const bundles = await bundleFunctions([fixtureSpec("simple.flavour")], {
    ...options(),
    esbuild: { define: { FLAVOUR: '"set by the app"' } },
  });
  await expect(readFile(bundles.get("simple_flavour") ?? "", "utf8")).resolves.toContain("set by the app");
});

test("a missing file is an error that names the function and the path", async () => {
  const building = bundleFunctions([fixtureSpec("simple.echo"), fixtureSpec("nowhere/gone.handler", { name: "gone" })], options());
  await expect(building).rejects.toMatchObject({
    name: "BundleError",
    functionName: "gone",
    message: expect.stringContaining(join(fixturesRoot, "nowhere/gone.ts")),
  });
});

test("a missing export is an error that names the function, the path and what there is", async () => {
  const building = bundleFunctions([fixtureSpec("shared.handler")], options());
  await expect(building).rejects.toThrow(
    `Function "shared_handler": ${join(fixturesRoot, "shared.ts")} does not export "handler"; it exports sku.`,
  );
});

test("code that does not build is an error that shows the place", async () => {
  await expect(bundleFunctions([fixtureSpec("unresolved.handler")], options())).rejects.toThrow(/unresolved\.mjs:1:24[^]*not-there\.mjs/);
});

test("two functions of one name are refused", async () => {
  const specs = [fixtureSpec("simple.echo", { name: "same" }), fixtureSpec("simple.count", { name: "same" })];
  await expect(bundleFunctions(specs, options())).rejects.toThrow('Two functions are named "same"');
});

test("a handler without an export is refused", async () => {
  await expect(bundleFunctions([fixtureSpec("src/router")], options())).rejects.toThrow('The handler "src/router"');
});

test("no functions are no bundles", async () => {
  await expect(bundleFunctions([], options())).resolves.toEqual(new Map());
});
