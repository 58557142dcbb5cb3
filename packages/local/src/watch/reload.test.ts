import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCopiedApp } from "./testing/copiedApp.ts";
import type { CopiedApp } from "./testing/copiedApp.ts";

const TIMEOUT = { timeout: 120_000 };
const HANDLERS = "actions/handlers.ts";
const COUNT = "orders: ORDERS.length";
const EXPORT = "actions/exportOrders/processor.ts";
const MESSAGE = { timeout: 20_000, interval: 20 };

let app: CopiedApp;
beforeEach(async () => {
  app = await startCopiedApp();
});
afterEach(() => app.stop());

const lines = (level: string): readonly string[] =>
  app.logs.filter((line) => line.source === "reload" && line.level === level).map(({ message }) => message);

test("a changed handler answers the next request, on the same socket, and only its function is reloaded", TIMEOUT, async () => {
  const caller = await app.connect();
  expect(await caller.ask("r1", "count_orders", {}, "response")).toMatchObject({ data: { orders: 3 } });
  const reloaded = app.reloaded();
  await app.edit(HANDLERS, COUNT, "orders: 40 + ORDERS.length");
  expect(await reloaded).toMatchObject({ functions: ["router"], added: [], removed: [], notes: [] });
  expect((await reloaded).error).toBeUndefined();
  expect(await caller.ask("r2", "count_orders", {}, "response")).toMatchObject({ data: { orders: 43 } });
  expect(caller.socket.readyState).toBe(caller.socket.OPEN);
  expect(lines("info")).toEqual([expect.stringMatching(/^router reloaded in \d+ ms$/)]);
});

test("many reloads leave one sandbox, and of their bundles the last two", TIMEOUT, async () => {
  const caller = await app.connect();
  for (let count = 1; count <= 4; count += 1) {
    const reloaded = app.reloaded();
    await app.edit(HANDLERS, count === 1 ? COUNT : `orders: ${count - 1}`, `orders: ${count}`);
    await reloaded;
    expect(await caller.ask(`r${count}`, "count_orders", {}, "response")).toMatchObject({ data: { orders: count } });
    expect(app.stack.sandboxesOf("router")).toBe(1);
  }
  const folders = (await readdir(join(app.stack.dataDir, "functions"))).filter((name) => name !== "0");
  const kept = folders.filter((name) => existsSync(join(app.stack.dataDir, "functions", name, "router.mjs")));
  expect(kept).toHaveLength(2);
  await app.stack.stop();
  expect(await readdir(join(app.stack.dataDir, "functions"))).toEqual(["0"]);
});

test("what runs ends on the old code, what comes next runs on the new", TIMEOUT, async () => {
  const gate = app.path("gate");
  const waiting = `import { existsSync } from "node:fs";\nimport { setTimeout as wait } from "node:timers/promises";\n`;
  const gated = app.reloaded();
  await app.edit(EXPORT, "import { createProcessor }", `${waiting}import { createProcessor }`);
  await app.edit(
    EXPORT,
    'progress(50, "Writing");',
    `progress(50, "Writing");\n    while (!existsSync(${JSON.stringify(gate)})) await wait(5);`,
  );
  await gated;
  const caller = await app.connect();
  await caller.ask("old", "export_orders", {}, "progress");
  const reloaded = app.reloaded();
  await app.edit(EXPORT, "orders: orders.length }", "orders: 1_000 }");
  expect(await reloaded).toMatchObject({ functions: ["process_export_orders"] });
  await writeFile(gate, "");
  expect(await caller.answer("old", "complete")).toMatchObject({ result: { data: { orders: 3 } } });
  expect(await caller.ask("new", "export_orders", {}, "complete")).toMatchObject({ result: { data: { orders: 1_000 } } });
  await vi.waitFor(() => expect(app.stack.sandboxesOf("process_export_orders")).toBe(1), MESSAGE);
});

test("code that does not build leaves the last good one, is shown with its place once, and goes on when mended", TIMEOUT, async () => {
  const caller = await app.connect();
  const broken = app.reloaded();
  await app.edit(HANDLERS, COUNT, "orders: ORDERS.length +");
  const { error, functions } = await broken;
  expect(functions).toEqual([]);
  expect(error).toMatch(/handlers\.ts:7:\d+:[^]*orders: ORDERS\.length \+/);
  expect(await caller.ask("r1", "count_orders", {}, "response")).toMatchObject({ data: { orders: 3 } });
  const elsewhere = app.reloaded(({ functions: names }) => names.includes("process_export_orders"));
  await app.edit(EXPORT, '"Writing"', '"Written"');
  expect((await elsewhere).error).toBe(error);
  expect(lines("error")).toEqual([error]);
  const mended = app.reloaded();
  await app.edit(HANDLERS, "ORDERS.length +", "ORDERS.length + 1");
  expect(await mended).toMatchObject({ functions: ["router"] });
  expect((await mended).error).toBeUndefined();
  expect(await caller.ask("r2", "count_orders", {}, "response")).toMatchObject({ data: { orders: 4 } });
});

test("code that throws when it is loaded is reported at once, and fails requests until it is mended", TIMEOUT, async () => {
  const caller = await app.connect();
  const broken = app.reloaded();
  await app.edit(HANDLERS, "/** What the router", 'throw new Error("not today");\n/** What the router');
  expect((await broken).error).toMatch(/^router does not load[^]*not today[^]*handlers\.ts/);
  const refused = caller.ask("r1", "count_orders", {}, "response");
  await vi.waitFor(() => expect(app.logs.some(({ source, level }) => source === "gateway" && level !== "debug")).toBe(true), MESSAGE);
  const mended = app.reloaded();
  await app.edit(HANDLERS, 'throw new Error("not today");\n', "");
  expect(await mended).toMatchObject({ functions: ["router"] });
  caller.socket.send(JSON.stringify({ id: "r1", action: "count_orders", payload: {} }));
  expect(await refused).toMatchObject({ data: { orders: 3 } });
});

const INDEX = "actions/index.ts";
const ACTION = `import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

export const packOrders = defineAction("pack_orders", {
  input: v.object({}),
  output: v.object({ packed: v.number() }),
  estimatedDuration: "30 seconds",
  timeout: "5 minutes",
});
`;
const PROCESSOR = `import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { packOrders } from "./action.ts";

export const handler = createProcessor(packOrders, async () => ({ packed: 7 }), processorDeps());
`;

async function addPackOrders(): Promise<void> {
  await mkdir(app.path("actions/packOrders"), { recursive: true });
  await app.write("actions/packOrders/action.ts", ACTION);
  await app.edit(INDEX, "import { exportOrders }", 'import { packOrders } from "./packOrders/action.ts";\nimport { exportOrders }');
  await app.edit(INDEX, "exportOrders });", "exportOrders, packOrders });");
}

test("a new action is worked on as soon as it is whole; one that goes is refused, and comes back", TIMEOUT, async () => {
  const half = app.reloaded(({ error }) => error?.includes("processor.ts") === true);
  await addPackOrders();
  expect((await half).functions).toEqual([]);
  const added = app.reloaded(({ added: names }) => names.length > 0);
  await app.write("actions/packOrders/processor.ts", PROCESSOR);
  expect(await added).toMatchObject({ functions: ["router", "sweeper"], added: ["pack_orders"] });
  expect((await added).error).toBeUndefined();
  const caller = await app.connect();
  expect(await caller.ask("p1", "pack_orders", {}, "complete")).toMatchObject({ result: { data: { packed: 7 } } });
  expect(app.stack.status().queues.find(({ name }) => name === "pack_orders")).toMatchObject({ running: true });

  const removed = app.reloaded(({ removed: names }) => names.length > 0);
  await app.edit(INDEX, ", packOrders }", " }");
  expect((await removed).notes).toEqual([expect.stringContaining("pack_orders is gone")]);
  expect((await caller.ask("p2", "pack_orders", {}, "error")).error?.code).toBe("INVALID_ACTION");
  await vi.waitFor(() => expect(app.stack.sandboxesOf("process_pack_orders")).toBe(0), MESSAGE);

  const back = app.reloaded(({ added: names }) => names.length > 0);
  await app.edit(INDEX, "exportOrders });", "exportOrders, packOrders });");
  expect(await back).toMatchObject({ added: ["pack_orders"] });
  expect(await caller.ask("p3", "pack_orders", {}, "complete")).toMatchObject({ result: { data: { packed: 7 } } });
});

test("another timeout asks for a restart, in a sentence", TIMEOUT, async () => {
  const reloaded = app.reloaded();
  await app.edit("actions/exportOrders/action.ts", '"5 minutes"', '"6 minutes"');
  expect((await reloaded).notes).toEqual([expect.stringMatching(/export_orders changed: restart for this/)]);
  expect((await reloaded).functions).toContain("process_export_orders");
});
