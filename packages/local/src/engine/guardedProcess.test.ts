import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startGuarded } from "./guardedProcess.ts";
import { isAlive } from "./isAlive.ts";

const WAITS = "setInterval(() => {}, 1000)";
const run = (script: string) => startGuarded(process.execPath, ["--eval", script]);

test("stop ends the program", async () => {
  const guarded = await run(WAITS);
  expect(isAlive(guarded.pid)).toBe(true);
  await guarded.stop();
  expect(isAlive(guarded.pid)).toBe(false);
});

test("a program that ignores the request to end is killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "streamer-guarded-"));
  const ready = join(folder, "ready");
  const guarded = await run(
    `process.on("SIGTERM", () => {}); ${WAITS}; process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(ready)}, "")`,
  );
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), { timeout: 3_000 });
  await guarded.stop();
  await rm(folder, { recursive: true });
  expect(isAlive(guarded.pid)).toBe(false);
});

test("a program that ends by itself is told with its exit code and the last it wrote", async () => {
  const guarded = await run(`for (let n = 0; n < 30; n += 1) console.log("line " + n); process.exitCode = 3`);
  const { code, output } = await guarded.exited;
  expect(code).toBe(3);
  expect(output.split("\n")).toEqual(Array.from({ length: 20 }, (_, n) => `line ${n + 10}`));
});

test("a program that cannot be started is an error that names it", async () => {
  await expect(startGuarded("/nowhere/program", [])).rejects.toThrow(/\/nowhere\/program did not start \(exit code 127\).*ENOENT/);
});

test.skipIf(process.platform === "win32")("the program ends too when its watchdog is killed", async () => {
  const guarded = await run(WAITS);
  const watchdog = Number(execFileSync("ps", ["-o", "ppid=", "-p", String(guarded.pid)], { encoding: "utf8" }));
  process.kill(watchdog, "SIGKILL");
  await expect(guarded.exited).resolves.toMatchObject({ code: null });
  await vi.waitFor(() => expect(isAlive(guarded.pid)).toBe(false));
});
