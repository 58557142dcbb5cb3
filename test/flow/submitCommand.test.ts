import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runStreamer, startDevProcess } from "../support/devProcess.ts";
import type { DevProcess } from "../support/devProcess.ts";
import type { Deed } from "./app/src/work/schemas.ts";

const STREAMER = join(import.meta.dirname, "../../packages/local/bin/streamer.js");

let dataDir: string;
let dev: DevProcess;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-submit-"));
  dev = await startDevProcess(dataDir, join(import.meta.dirname, "app"));
});
afterAll(async () => {
  await dev.kill("SIGINT");
  await rm(dataDir, { recursive: true, force: true });
});

/** What a request is to do, and the file that lets it go on where it waits. */
function work(...deeds: readonly Deed[]) {
  const go = join(dataDir, crypto.randomUUID());
  return { payload: JSON.stringify({ deeds, go, log: `${go}.log` }), letGo: (attempt = 1) => writeFile(`${go}.${attempt}`, "") };
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** `streamer <args>` on the stack of this test, while it runs. */
function start(args: readonly string[], { env = {}, stdin = "" }: RunOptions = {}) {
  const child = spawn(process.execPath, [STREAMER, ...args], { env: { ...process.env, ...env } });
  const said = { stdout: "", stderr: "" };
  const waiting: { readonly wanted: RegExp; readonly resolve: () => void }[] = [];
  const take = (name: keyof typeof said) => (data: Buffer) => {
    said[name] += data.toString();
    for (const { wanted, resolve } of waiting) if (wanted.test(said.stdout + said.stderr)) resolve();
  };
  child.stdout.on("data", take("stdout"));
  child.stderr.on("data", take("stderr"));
  child.stdin.end(stdin);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, ...said })),
  );
  return {
    ended,
    /** Until it has said so. */
    async says(wanted: RegExp): Promise<void> {
      if (wanted.test(said.stdout + said.stderr)) return;
      const seen = new Promise<"seen">((resolve) => waiting.push({ wanted, resolve: () => resolve("seen") }));
      if ((await Promise.race([seen, ended])) !== "seen") throw new Error(`It ended without saying ${wanted}:\n${said.stderr}`);
    },
    interrupt: () => child.kill("SIGINT"),
  };
}

const local = (...args: readonly string[]) => [...args, "--data-dir", dataDir];
const submit = (args: readonly string[], options: RunOptions = {}) => start(local("submit", ...args), options);

describe("streamer submit --watch", () => {
  it("shows the bar of S-253 on stderr, and the result alone on stdout", async () => {
    const { code, stdout, stderr } = await submit(["flaky", "--payload", work("works").payload, "--watch"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ attempt: 1, filling: "" });
    expect(stderr).toContain(`Progress: ${"█".repeat(20)}${"░".repeat(30)} 40%\nStatus: Attempt 1 is at work\n`);
    expect(stderr).toMatch(new RegExp(`Progress: ${"█".repeat(50)} 100%\nStatus: Completed in [\\d.]+ m?s\n$`));
  });

  it("goes on over attempts that fail", async () => {
    const { code, stdout, stderr } = await submit(["flaky", "--payload", work("throws", "works").payload, "--watch"]).ended;
    expect({ code, attempt: (JSON.parse(stdout) as { attempt: number }).attempt }).toEqual({ code: 0, attempt: 2 });
    expect(stderr).toContain("Status: Attempt 2 is at work (attempt 2)");
  });

  it("tells a failure by its code, and ends with 4", async () => {
    const { code, stdout, stderr } = await submit(["flaky", "--payload", work("gives up").payload, "--watch", "--id", "gone"]).ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain("Status: Failed: PROCESSING_FAILED");
    expect(stderr).toContain('streamer: Request gone did not complete. PROCESSING_FAILED: The action failed.\n  {"till":7}');
  });

  it("comes back by itself when the connection breaks, and misses nothing", async () => {
    const { payload, letGo } = work("waits");
    const run = submit(["flaky", "--payload", payload, "--watch", "--user", "breaks"]);
    await run.says(/Attempt 1 is at work/);
    const cut = await runStreamer(local("connections", "disconnect", "--tenant", "demo", "--user", "breaks"));
    expect(cut.code).toBe(0);
    await run.says(/reconnecting …/);
    await letGo();
    const { code, stdout } = await run.ended;
    expect({ code, result: JSON.parse(stdout) as unknown }).toEqual({ code: 0, result: { attempt: 1, filling: "" } });
  });

  it("with --json gives a line for each thing, and nothing else", async () => {
    const args = ["flaky", "--payload", work("works").payload, "--watch", "--json", "--id", "as-json", "--metadata", "from=a=b"];
    const { code, stdout, stderr } = await submit(args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; request_id: string });
    expect(new Set(lines.map((line) => line.request_id))).toEqual(new Set(["as-json"]));
    expect(lines.map((line) => line.type)).toEqual(expect.arrayContaining(["accepted", "progress", "completed"]));
    expect(lines.at(-1)).toMatchObject({ type: "completed", result: { attempt: 1 }, duration_ms: expect.any(Number) as number });
    const shown = await runStreamer(local("requests", "show", "as-json", "--tenant", "demo", "--payload", "--json"));
    expect(JSON.parse(shown.stdout)).toMatchObject({ metadata: { from: "a=b" } });
  });
});

describe("Ctrl+C", () => {
  it("ends the watching and says how to come back; who comes back gets everything", async () => {
    const { payload, letGo } = work("waits");
    const run = submit(["flaky", "--payload", payload, "--watch", "--id", "left", "--user", "ada"]);
    await run.says(/Attempt 1 is at work/);
    run.interrupt();
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toContain(`Come back:\n  streamer watch left --data-dir ${dataDir} --user ada\n`);
    await letGo();
    const back = await start(local("watch", "left", "--user", "ada")).ended;
    expect({ code: back.code, result: JSON.parse(back.stdout) as unknown }).toEqual({ code: 0, result: { attempt: 1, filling: "" } });
    expect(back.stderr).toContain("Status: Attempt 1 is at work");
  });

  it("with --cancel-on-interrupt cancels it, and waits for its end", async () => {
    const run = submit(["stoppable", "--payload", work("waits").payload, "--watch", "--cancel-on-interrupt"]);
    await run.says(/Attempt 1 is at work/);
    run.interrupt();
    const { code, stderr } = await run.ended;
    expect(code).toBe(4);
    expect(stderr).toMatch(/Cancelling\..*\n[\s\S]*Status: Cancelled/);
  });
});

describe("without --watch", () => {
  it("a long action is accepted, and how to watch it is said", async () => {
    const { code, stdout, stderr } = await submit(["flaky", "--payload", "-", "--id", "alone"], { stdin: work("works").payload }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`Accepted: alone\nWatch it: streamer watch alone --data-dir ${dataDir}\n`);
    expect((await start(local("watch", "alone")).ended).code).toBe(0);
  });

  it("the same id again does not run the work again", async () => {
    const args = ["flaky", "--payload", work("works").payload, "--id", "once", "--watch"];
    const [first, second] = [await submit(args).ended, await submit(args).ended];
    expect([first.code, second.code, second.stdout]).toEqual([0, 0, first.stdout]);
    const other = await submit(["flaky", "--payload", work("works").payload, "--id", "once", "--watch"]).ended;
    expect(other.code).toBe(4);
    expect(other.stderr).toContain("DUPLICATE_REQUEST");
  });
});

describe("against a deployed stage", () => {
  const token = async (...args: readonly string[]) => (await runStreamer(local("token", ...args))).stdout.trim();

  it("the token of STREAMER_TOKEN opens the connection, and is never printed", async () => {
    const env = { STREAMER_TOKEN: await token("--user", "eve") };
    const run = start(["submit", "flaky", "--payload", work("works").payload, "--url", dev.ready.websocketUrl], { env });
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Watch it: streamer watch \\w+ --url ${dev.ready.websocketUrl}\n`));
    expect(stdout + stderr).not.toContain(env.STREAMER_TOKEN);
  });

  it.each([
    ["that has expired", async () => token("--expires-in=-1h")],
    ["that is none", async () => "secret-word"],
    ["that no header can carry", async () => "secret word"],
  ])("a token %s ends with 1, and what to do", async (_, make) => {
    const bad = await make();
    const { code, stdout, stderr } = await start(["submit", "flaky", "--url", dev.ready.websocketUrl, "--token", bad]).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("refused with 401. The token is not good");
    expect(stderr).not.toContain(bad);
  });

  it("nobody there ends with 1 at once, with the address", async () => {
    const { code, stderr } = await start(["submit", "flaky", "--url", "ws://127.0.0.1:1", "--token", "t"]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("Nobody answers at ws://127.0.0.1:1: ECONNREFUSED");
  });
});

it("a request that there is not ends the watching with 3", async () => {
  const { code, stderr } = await start(local("watch", "never-sent")).ended;
  expect(code).toBe(3);
  expect(stderr).toContain("There is no request never-sent");
});
