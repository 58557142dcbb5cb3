import { columns, printable } from "../columns.ts";
import type { Finding, FindingStatus } from "./finding.ts";

export interface Report {
  /** What was looked at, such as `the local stack on /data` or `streamer/prod in eu-west-1`. */
  readonly target: string;
  readonly findings: readonly Finding[];
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly durationMs: number;
}

/** Where the runbooks are, from the root of the project. */
const RUNBOOKS_DIR = "packages/docs/runbooks";

const MARKS: Readonly<Record<FindingStatus, string>> = { ok: "ok", warn: "WARN", fail: "FAIL", skip: "-" };

export function asJson({ target, findings, time, durationMs }: Report): string {
  const json = {
    status: worstOf(findings),
    target,
    time,
    duration_ms: Math.round(durationMs),
    checks: findings.map(({ runbook, ...rest }) => ({ ...rest, ...(runbook === undefined ? {} : { runbook: pageOf(runbook) }) })),
  };
  return `${JSON.stringify(json)}\n`;
}

export function asText({ target, findings }: Report): string {
  const table = columns(
    ["", "CHECK", "SEEN"],
    findings.map(({ name, status, seen }) => [MARKS[status], name, seen]),
  );
  const toDo = findings.filter(({ status }) => status === "fail" || status === "warn");
  const advice = toDo.map(
    ({ name, advice: text = "", runbook }) =>
      `${printable(name)}: ${printable(text)}${runbook === undefined ? "" : `\n  Runbook: ${pageOf(runbook)}`}\n`,
  );
  const whatToDo = advice.length === 0 ? "" : `\nWhat to do\n\n${advice.join("")}`;
  return `${printable(target)}\n\n${table}${whatToDo}\n${verdict(findings)}\n`;
}

/** `fail` before `warn` before `ok`; what was not looked at does not count. */
export function worstOf(findings: readonly Finding[]): "ok" | "warn" | "fail" {
  if (findings.some(({ status }) => status === "fail")) return "fail";
  return findings.some(({ status }) => status === "warn") ? "warn" : "ok";
}

function verdict(findings: readonly Finding[]): string {
  const count = (wanted: FindingStatus): number => findings.filter(({ status }) => status === wanted).length;
  const skipped = count("skip") === 0 ? "" : ` Not looked at: ${count("skip")}.`;
  if (worstOf(findings) === "ok") return `All is well.${skipped}`;
  return `Failing: ${count("fail")}. To look at: ${count("warn")}.${skipped}`;
}

function pageOf(runbook: string): string {
  return `${RUNBOOKS_DIR}/${runbook}.md`;
}
