import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runStreamer, startDevProcess } from "../support/devProcess.ts";
import { eventually } from "../support/eventually.ts";
import { commandsWith } from "../support/processes.ts";
import { actions } from "./app/src/actions/index.ts";
import { check } from "./checker/check.ts";
import { markOf, parseFrame } from "./checker/history.ts";
import type { Frame, Wanted } from "./checker/history.ts";
import { openRecordedSocket } from "./clients/recordedSocket.ts";
import { audit } from "./harness/audit.ts";
import { CHAOS_APP_DIR } from "./harness/chaosStack.ts";
import { drained } from "./harness/drained.ts";
import { readRemains } from "./harness/remains.ts";

const ADA = { tenant: "acme", user: "ada" };
const REQUESTS = 200;
/** Of them so many have ended when the power goes. */
const ENDED = 20;

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-crash-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it("after a SIGKILL with 200 requests under way and a restart on the same data, all end, and none twice", async () => {
  const effectLog = join(dataDir, "effects.jsonl");
  await writeFile(effectLog, "");
  const behaviour = { steps: 3, stepMs: 20, effects: 2, failure: "none", failingAttempts: 0, resultBytes: 100 } as const;
  const wanted: readonly Wanted[] = Array.from({ length: REQUESTS }, (_, index) => {
    const key = { tenant: ADA.tenant, requestId: `r-${index}` };
    const { failure, failingAttempts } = behaviour;
    return { ...key, user: ADA.user, mark: markOf(key, ADA.user), failure, failingAttempts, attempts: actions.work.retry.attempts };
  });

  const first = await startDevProcess(dataDir, CHAOS_APP_DIR);
  const token = (await runStreamer(["token", "--user", ADA.user, "--tenant", ADA.tenant, "--data-dir", dataDir])).stdout.trim();
  const frames: Frame[] = [];
  const connection = await openRecordedSocket({
    ...ADA,
    url: first.ready.websocketUrl,
    token,
    connection: "before",
    onFrame: (frame) => void frames.push(frame),
  });
  for (const { requestId, mark } of wanted)
    connection.send({ id: requestId, action: "work", payload: { ...behaviour, mark, log: effectLog } });
  const came = (type: string, times: number) => async () =>
    frames.filter((frame) => frame["type"] === type).length >= times ? true : undefined;
  await eventually(came("acknowledgment", REQUESTS), `${REQUESTS} acknowledgments`);
  await eventually(came("complete", ENDED), `${ENDED} outcomes`);
  await first.kill("SIGKILL");
  await connection.closed;
  await eventually(async () => ((await commandsWith(dataDir)).length === 0 ? true : undefined), "no process is left behind");
  const endedBefore = connection.transcript.lines.filter(
    ({ direction, text }) => direction === "in" && parseFrame(text)["type"] === "complete",
  );
  expect(endedBefore.length).toBeLessThan(REQUESTS);

  const second = await startDevProcess(dataDir, CHAOS_APP_DIR);
  await drained(second.ready, () => true);
  const after = await audit({ person: ADA, url: second.ready.websocketUrl, token, wanted });
  const history = { wanted, transcripts: [connection.transcript, after], ...(await readRemains(second.ready, effectLog)) };
  const verdict = check(history);
  expect(verdict.violations).toEqual([]);
  expect(verdict).toMatchObject({ acknowledged: REQUESTS, lost: 0, doubled: 0 });
  expect(history.items.filter(({ status }) => status === "completed")).toHaveLength(REQUESTS);
  expect(await second.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});
