import { createFakeClock } from "@streamer/protocol/testing";
import { expect, it } from "vitest";
import { NotCheckableError, ok } from "./finding.ts";
import type { Check } from "./finding.ts";
import { runChecks } from "./runChecks.ts";

const check = (name: string, run: Check["run"]): Check => ({ name, advice: `mend ${name}`, runbook: "pipe", run });

it("a check that throws is a finding with its innermost cause and its advice; the others still count, in order", async () => {
  const cause = Object.assign(new Error("connect 127.0.0.1:1"), { code: "ECONNREFUSED" });
  const findings = await runChecks(
    [
      check("broken", () => Promise.reject(new Error("It failed", { cause }))),
      check("two", async () => [ok("two a", "1"), ok("two b", "2")]),
      check("throws at once", () => {
        throw new TypeError("no");
      }),
    ],
    createFakeClock(),
  );
  expect(findings).toEqual([
    { name: "broken", status: "fail", seen: "ECONNREFUSED: connect 127.0.0.1:1", advice: "mend broken", runbook: "pipe" },
    { name: "two a", status: "ok", seen: "1" },
    { name: "two b", status: "ok", seen: "2" },
    { name: "throws at once", status: "fail", seen: "TypeError: no", advice: "mend throws at once", runbook: "pipe" },
  ]);
});

it("a check that never ends is told to stop and fails after ten seconds; no timer is left", async () => {
  const clock = createFakeClock();
  let told = false;
  const stuck = check("stuck", (signal) => new Promise(() => signal.addEventListener("abort", () => (told = true))));
  const findings = runChecks([stuck, check("fine", async () => ok("fine", "yes"))], clock);
  await clock.advance(9_999);
  expect(told).toBe(false);
  await clock.advance(1);
  expect(await findings).toMatchObject([
    { name: "stuck", status: "fail", seen: expect.stringContaining("did not answer within 10 seconds") as string, advice: "mend stuck" },
    { name: "fine", status: "ok" },
  ]);
  expect(told).toBe(true);
  expect(clock.pending).toBe(0);
});

it("a check that needs what fails elsewhere is not told of twice", async () => {
  const findings = await runChecks([check("rules", () => Promise.reject(new NotCheckableError("see the bus")))], createFakeClock());
  expect(findings).toEqual([{ name: "rules", status: "skip", seen: "see the bus" }]);
});
