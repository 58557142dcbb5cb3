import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { fail, ok, RUNBOOKS, skip, warn } from "./finding.ts";
import { asJson, asText, worstOf } from "./show.ts";

const findings = [
  ok("table", "t"),
  warn("ttl", "off", "Turn it on."),
  fail("pipe", "stopped", "Start it.", "pipe"),
  skip("key", "not known"),
];
const report = { target: "app/prod", findings, time: "2026-01-02T03:04:05.000Z", durationMs: 12.4 };

it("people get a table, what to do about what is not well with its runbook, and a verdict", () => {
  expect(asText(report)).toBe(`app/prod

      CHECK  SEEN
ok    table  t
WARN  ttl    off
FAIL  pipe   stopped
-     key    not known

What to do

ttl: Turn it on.
pipe: Start it.
  Runbook: packages/docs/runbooks/pipe.md

Failing: 1. To look at: 1. Not looked at: 1.
`);
  expect(asText({ ...report, findings: [ok("table", "t")] })).toMatch(/t\n\nAll is well\.\n$/);
});

it("programs get one line of JSON with the worst of it", () => {
  const text = asJson(report);
  expect(text.trim().split("\n")).toHaveLength(1);
  expect(JSON.parse(text)).toEqual({
    status: "fail",
    target: "app/prod",
    time: "2026-01-02T03:04:05.000Z",
    duration_ms: 12,
    checks: [
      { name: "table", status: "ok", seen: "t" },
      { name: "ttl", status: "warn", seen: "off", advice: "Turn it on." },
      { name: "pipe", status: "fail", seen: "stopped", advice: "Start it.", runbook: "packages/docs/runbooks/pipe.md" },
      { name: "key", status: "skip", seen: "not known" },
    ],
  });
});

it("a failure is worse than a warning, a warning than nothing, and what was not looked at is nothing", () => {
  expect(worstOf(findings)).toBe("fail");
  expect(worstOf([ok("a", ""), warn("b", "", "")])).toBe("warn");
  expect(worstOf([ok("a", ""), skip("b", "")])).toBe("ok");
});

it("what others named cannot move the terminal's cursor", () => {
  expect(asText({ ...report, findings: [warn("x", "\u001B[2J", "\u001B[2J")] })).not.toContain("\u001B");
});

it.each(RUNBOOKS)("there is a runbook %s, where it says", (runbook) => {
  const { checks } = JSON.parse(asJson({ ...report, findings: [fail("x", "", "", runbook)] })) as {
    checks: readonly { runbook: string }[];
  };
  expect(existsSync(resolve(import.meta.dirname, "../../../../..", checks[0]?.runbook ?? ""))).toBe(true);
});
