import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalStack } from "@streamer/local";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EXAMPLES_DIR, startAppStack, startProgram } from "./support/program.ts";
import type { Program } from "./support/program.ts";

const HEADER = "order_id,date,customer,amount";

let stack: LocalStack;
let folder: string;
let tenant: string;
beforeAll(async () => {
  stack = await startAppStack(join(EXAMPLES_DIR, "etl/functions"));
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  tenant = `t${crypto.randomUUID()}`;
  folder = await mkdtemp(join(tmpdir(), "streamer-etl-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(warehouse(), { recursive: true, force: true });
});

/** Where the example's warehouse keeps what this test's tenant has loaded. */
const warehouse = (file = "") => join(tmpdir(), "streamer-example-warehouse", tenant, file);

async function start(...args: readonly string[]): Promise<Program> {
  const token = await stack.key.mint({ user: "ada", tenant, permissions: [], expiresIn: "1h" });
  return startProgram("etl", args, { STREAMER_URL: stack.websocketUrl, STREAMER_TOKEN: token });
}

/** Which parts were loaded, each as often as it was. */
async function loads(): Promise<readonly string[]> {
  const lines = (await readFile(warehouse("loads.jsonl"), "utf8")).trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { part: string }).part).toSorted();
}

function orders(count: number, customer = "Ada"): string {
  const rows = Array.from({ length: count }, (_, index) => `${index + 1},2024-01-31,${customer},10.50`);
  return [HEADER, ...rows, ""].join("\n");
}

describe("the ETL example", () => {
  it("loads the good files, names the others with their reasons, and ends with 3", async () => {
    const { code, stdout, stderr } = await (await start()).ended;
    expect(stdout.split("\n")).toEqual([
      "2024-01.csv: 40 rows loaded, 18948.33 in all, 0 rows skipped",
      expect.stringMatching(/^2024-02\.csv: 37 rows loaded, [\d.]+ in all, 3 rows skipped$/),
      '  line 6: "2024-02-30" is no date',
      '  line 19: "twelve" is no amount',
      "  line 32: it has 3 cells, not 4",
      `2024-03.csv: failed, line 1: the header is "${HEADER.replaceAll(",", ";")}", not "${HEADER}"`,
      "2024-04.csv: 60 rows loaded, 26175.91 in all, 0 rows skipped",
      "2024-05.csv: rejected, text is empty",
      "",
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain("2024-01.csv: running\n");
    expect(stderr).toMatch(/█ 100 %  3 of 5 loaded, 2 not\n$/);
    expect(await loads()).toEqual(["2024-01.csv", "2024-02.csv", "2024-04.csv"]);
    expect((await readFile(warehouse("2024-02.csv.jsonl"), "utf8")).trimEnd().split("\n")).toHaveLength(37);
  });

  it("loads once when the first attempt dies after the load, and shows each stage with its rows", async () => {
    await writeFile(join(folder, "a.csv"), orders(25));
    const { code, stdout, stderr } = await (await start(folder, "--outage", "a.csv", "--follow", "a.csv")).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "a.csv: 25 rows loaded, 262.50 in all, 0 rows skipped, in 2 attempts\n" });
    for (const attempt of [1, 2]) {
      expect(stderr).toContain(`attempt ${attempt}, extract: 25 rows\n`);
      expect(stderr).toContain(`attempt ${attempt}, transform: 25 rows\n`);
      expect(stderr).toContain(`attempt ${attempt}, load: 25 rows\n`);
    }
    expect(stderr).toContain("a.csv: retrying\n");
    expect(await loads()).toEqual(["a.csv"]);
  });

  it("goes on after Ctrl+C, and the same command shows the end without loading twice", async () => {
    await writeFile(join(folder, "a.csv"), orders(40));
    await writeFile(join(folder, "b.csv"), orders(60));
    const first = await start(folder);
    await first.says(/b\.csv: running/);
    first.interrupt();
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("goes on; the same command shows it again.");
    const { code, stdout } = await (await start(folder)).ended;
    expect({ code, lines: stdout.trimEnd().split("\n") }).toEqual({
      code: 0,
      lines: ["a.csv: 40 rows loaded, 420.00 in all, 0 rows skipped", "b.csv: 60 rows loaded, 630.00 in all, 0 rows skipped"],
    });
    const again = await (await start(folder)).ended;
    expect(again).toMatchObject({ code: 0, stdout });
    expect(await loads()).toEqual(["a.csv", "b.csv"]);
  });

  it("uploads a file that no frame holds, and replaces its part when it has changed", async () => {
    const large = orders(100, "x".repeat(1_000));
    expect(large.length).toBeGreaterThan(100_000);
    await writeFile(join(folder, "a.csv"), large);
    expect(await (await start(folder)).ended).toMatchObject({ code: 0, stdout: expect.stringContaining("100 rows loaded") });
    await writeFile(join(folder, "a.csv"), orders(3));
    expect(await (await start(folder)).ended).toMatchObject({ code: 0, stdout: expect.stringContaining("3 rows loaded") });
    expect((await readFile(warehouse("a.csv.jsonl"), "utf8")).trimEnd().split("\n")).toHaveLength(3);
  });

  it("says what is wrong with the command before anything is sent, and ends with 1", async () => {
    await mkdir(join(folder, "empty"));
    expect(await (await start(join(folder, "empty"))).ended).toMatchObject({ code: 1, stderr: expect.stringContaining("has 0 CSV files") });
    expect(await (await start("--follow", "b.csv")).ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("There is no b.csv."),
    });
  });
});
