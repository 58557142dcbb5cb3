import { NOTIFIER } from "@streamer/server";
import type { FunctionStatus, ScheduleStatus, StackStatus } from "../../../stack/status.ts";
import { fail, ok, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { counted, inWords } from "../shared/inWords.ts";
import type { LocalTarget } from "./localTarget.ts";
import { RESTART } from "./machineChecks.ts";

/** Sweeper, notifier and all other functions, by what the stack remembers of their invocations. */
export function localFunctionsCheck({ status }: LocalTarget): Check {
  return {
    name: "functions",
    advice: RESTART,
    runbook: "error-rate",
    async run() {
      const found = await status();
      return [...found.schedules.map((schedule) => sweeperFinding(schedule, found)), notifierFinding(found), functionsFinding(found)];
    },
  };
}

/** A schedule's function, such as the sweeper: it must have ended well within two of its periods. */
export function sweeperFinding(
  { name, everyMs, function: functionName, running, startedAt }: ScheduleStatus,
  status: StackStatus,
): Finding {
  const record = recordOf(functionName, status);
  const lastRun = record?.lastSucceededAt;
  const late = 2 * everyMs;
  const seen = lastRun === undefined ? "it has not run yet" : `ran ${inWords(status.time - lastRun)} ago`;
  const advice = `Nobody sees to lost events and lost workers. ${RESTART}`;
  if (!running) return fail(name, `its schedule is stopped: ${seen}`, advice, "sweeper");
  const { lastFailedAt, lastError } = record ?? {};
  if (lastFailedAt !== undefined && lastFailedAt > (lastRun ?? 0)) {
    return fail(
      name,
      `its last run failed (${lastError ?? "unknown"}), ${inWords(status.time - lastFailedAt)} ago`,
      "See its log: the next run tries again.",
      "sweeper",
    );
  }
  if (status.time - (lastRun ?? startedAt) <= late)
    return ok(name, lastRun === undefined ? `its first run is due within ${inWords(everyMs)}` : seen);
  return fail(name, `${seen}; it should run every ${inWords(everyMs)}`, advice, "sweeper");
}

function notifierFinding(status: StackStatus): Finding {
  const queue = status.queues.find(({ name }) => name === NOTIFIER);
  const record = recordOf(NOTIFIER, status);
  if (queue === undefined) return fail("notifier", "it has no queue", RESTART, "backlog");
  if (!queue.running) return fail("notifier", "nobody takes its messages: subscribers of topics hear nothing", RESTART, "backlog");
  const failed = failedLast(record);
  if (failed)
    return warn(
      "notifier",
      `its last invocation failed (${record?.lastError ?? "unknown"})`,
      "See its log: its messages come again.",
      "error-rate",
    );
  return ok("notifier", `takes messages; ${counted(record?.invocations ?? 0, "invocation")}`);
}

function functionsFinding({ functions, schedules }: StackStatus): Finding {
  // These have rows of their own.
  const told = new Set([NOTIFIER, ...schedules.map((schedule) => schedule.function)]);
  const failing = functions.filter((one) => !told.has(one.name) && failedLast(one));
  const total = functions.reduce((sum, { invocations }) => sum + invocations, 0);
  if (failing.length === 0) return ok("functions", `${functions.length}, ${counted(total, "invocation")}, none failed last`);
  const names = failing.map(({ name, lastError, failures }) => `${name} (${lastError ?? "unknown"}, ${failures} times)`);
  return warn("functions", `failed last: ${names.join(", ")}`, `See their logs in the terminal of "streamer dev".`, "error-rate");
}

function recordOf(name: string, { functions }: StackStatus): FunctionStatus | undefined {
  return functions.find((one) => one.name === name);
}

/** Whether nothing has gone well since it last failed. JSON has no `undefined`: what never was is absent. */
function failedLast(record: FunctionStatus | undefined): boolean {
  return record?.lastFailedAt !== undefined && record.lastFailedAt > (record.lastSucceededAt ?? 0);
}
