import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { writeStackFile } from "../../stackFile.ts";
import { CLOSED, runDoctorProcess } from "../testing/doctoredStack.ts";

vi.setConfig({ testTimeout: 30_000 });

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-doctor-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

it("where no stack runs it says so and how to start one, looks at the machine, and makes nothing", async () => {
  const { code, out } = await runDoctorProcess(["--data-dir", dataDir, "--json"]);
  expect(code).toBe(1);
  const { checks } = JSON.parse(out) as { checks: readonly { name: string; status: string; advice?: string }[] };
  expect(checks.map(({ name, status }) => [name, status])).toEqual([
    ["stack", "fail"],
    ["node", "ok"],
    ["engine", "ok"],
    ["key", "fail"],
    ["all else", "skip"],
  ]);
  expect(checks[0]?.advice).toMatch(/streamer dev/);
  expect(await readdir(dataDir)).toEqual([]);
});

it("of a stack whose process was killed it says that", async () => {
  const gone = { consoleUrl: CLOSED, dynamodbEndpoint: CLOSED, sqsEndpoint: CLOSED, s3Endpoint: CLOSED, eventsEndpoint: CLOSED };
  // No process can have this id.
  await writeStackFile({ ...gone, managementEndpoint: CLOSED, websocketUrl: "ws://127.0.0.1:1", tableName: "t", dataDir }, 2 ** 30);
  const { code, out } = await runDoctorProcess(["--data-dir", dataDir]);
  expect(code).toBe(1);
  expect(out).toMatch(/FAIL {2}stack +The local stack .* has ended, and could not say so/);
});
