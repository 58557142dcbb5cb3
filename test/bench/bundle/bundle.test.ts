import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionFigures } from "./benchmark.ts";
import { buildFunction, packageOf } from "./buildFunction.ts";
import { functionEnv } from "./functionEnv.ts";
import { BARE_CLIENT, compare, EMPTY } from "./report.ts";
import { median, medianStartsMs, startTimeMs } from "./startTime.ts";
import { splitsBundles } from "./sstSettings.ts";
import { reportTable } from "./table.ts";

const root = resolve(import.meta.dirname, "../../..");

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "streamer-bundle-test-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("a bundle", () => {
  it("counts what loads at the start apart from what loads late", async () => {
    await writeFile(join(dir, "late.js"), `export const late = ${JSON.stringify("x".repeat(5_000))};`);
    await writeFile(join(dir, "entry.js"), `export const handler = async () => (await import("./late.js")).late;`);
    const entry = { file: join(dir, "entry.js") };
    const split = await buildFunction("entry", entry, { root: dir, outDir: join(dir, "split"), splitting: true, conditions: [] });
    expect(split.bytes).toBeLessThan(2_000);
    expect(split.lateBytes).toBeGreaterThan(5_000);
    const whole = await buildFunction("entry", entry, { root: dir, outDir: join(dir, "whole"), splitting: false, conditions: [] });
    expect(whole.bytes).toBeGreaterThan(5_000);
    expect(whole.lateBytes).toBe(0);
  });

  it("the router brings no S3, SQS or management client, and no X-Ray, to its start", async () => {
    const entry = { file: join(root, "packages/functions/src/router.ts") };
    const options = { root, outDir: join(dir, "router"), splitting: true, conditions: ["@streamer/source", "module"] };
    const names = (await buildFunction("router", entry, options)).packages.map((one) => one.name);
    expect(names).toContain("@aws-sdk/client-dynamodb");
    expect(names).not.toContain("@aws-sdk/client-s3");
    expect(names).not.toContain("@aws-sdk/s3-request-presigner");
    expect(names).not.toContain("@aws-sdk/client-sqs");
    expect(names).not.toContain("@aws-sdk/client-apigatewaymanagementapi");
    // Loaded only when tracing in detail is on.
    expect(names).not.toContain("@aws-lambda-powertools/tracer");
    expect(names).not.toContain("aws-xray-sdk-core");
  });

  it.each([
    ["node_modules/@smithy/core/dist-es/index.js", "@smithy/core"],
    ["node_modules/a/node_modules/b/index.js", "b"],
    ["packages/server/src/router/createRouter.ts", "packages/server"],
  ])("%s belongs to %s", (path, name) => expect(packageOf(path)).toBe(name));
});

describe("a start", () => {
  it("is as long as the module takes to load", async () => {
    await writeFile(join(dir, "slow.mjs"), `const until = performance.now() + 60; while (performance.now() < until);`);
    expect(await startTimeMs(join(dir, "slow.mjs"), functionEnv())).toBeGreaterThanOrEqual(60);
  });

  it("of a module that throws is an error, not a time", async () => {
    await writeFile(join(dir, "broken.mjs"), `throw new Error("no table");`);
    await expect(startTimeMs(join(dir, "broken.mjs"), functionEnv())).rejects.toThrow("no table");
  });

  it("has the environment it is given and no other", async () => {
    await writeFile(
      join(dir, "env.mjs"),
      `if (process.env.AWS_REGION !== "us-east-1" || process.env.HOME !== undefined) throw new Error("env");`,
    );
    expect(await medianStartsMs(new Map([["env", join(dir, "env.mjs")]]), functionEnv(), 1)).toHaveLength(1);
  });

  it("the median is the middle, or between the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });
});

it("whether bundles are split is read from sst.config.ts", async () => {
  await writeFile(join(dir, "sst.config.ts"), "nodejs: { splitting: true, esbuild: {} }");
  expect(await splitsBundles(dir)).toBe(true);
  await writeFile(join(dir, "sst.config.ts"), "nodejs: { esbuild: {} }");
  expect(await splitsBundles(dir)).toBe(false);
});

it("the report sets each function beside the baselines", () => {
  const bundle = { path: "x", bytes: 2_048, lateBytes: 0, packages: [{ name: "@smithy/core", bytes: 1_024 }] };
  const bundles = new Map([EMPTY, BARE_CLIENT, "router"].map((name) => [name, bundle]));
  const report = compare(
    bundles,
    new Map([
      [EMPTY, 1],
      [BARE_CLIENT, 30],
      ["router", 60],
    ]),
  );
  expect(report.at(-1)).toEqual({
    name: "router",
    kilobytes: 2,
    lateKilobytes: 0,
    initMs: 60,
    overEmptyMs: 59,
    timesClient: 2,
    packages: [{ name: "@smithy/core", bytes: 1_024 }],
  });
  expect(
    reportTable(report, "20 starts")
      .split("\n")
      .map((line) => line.trimEnd().replaceAll(/ +/g, " ")),
  ).toContain("router 2 0 60.0 59.0 2.00");
});

it("of the functions only the router is held to 1.5 times the bare client, and each to an own start of 100 ms", () => {
  const rest = { lateKilobytes: 0, timesClient: 1, packages: [] };
  const of = (name: string, kilobytes: number, initMs: number) => ({ name, kilobytes, initMs, overEmptyMs: initMs - 1, ...rest });
  const figures = functionFigures([of(EMPTY, 1, 1), of(BARE_CLIENT, 100, 30), of("router", 200, 60), of("connect", 150, 50)]);
  expect(figures.map(({ id, ours, baseline, goal }) => [id, ours, baseline?.value, goal])).toEqual([
    ["bundle.router.kilobytes", 200, 100, { atMost: 1.5 }],
    ["bundle.router.init", 60, 30, { atMost: 1.5 }],
    ["bundle.router.own", 59, undefined, { atMost: 100 }],
    ["bundle.connect.kilobytes", 150, 100, undefined],
    ["bundle.connect.init", 50, 30, undefined],
    ["bundle.connect.own", 49, undefined, { atMost: 100 }],
  ]);
});
