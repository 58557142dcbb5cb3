import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import type { Clock } from "@streamer/protocol";
import { NOTIFIER, SWEEPER } from "@streamer/server";
import { fail, ok, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { counted, inWords } from "../shared/inWords.ts";
import type { DeployedTarget } from "./deployedTarget.ts";
import { CREDENTIALS, DEPLOY_AGAIN } from "./flowChecks.ts";
import { logGroupOf } from "./names.ts";
import { configurationOf } from "./queuesCheck.ts";
import { recentMetrics } from "./recentMetrics.ts";
import type { WantedMetric } from "./recentMetrics.ts";

const FUNCTIONS_BACK_MS = 15 * 60_000;
/** Two of its runs, and the minute that CloudWatch is behind. */
const SWEEPER_BACK_MS = 4 * 60_000;
/** What every stage has, beside the processors. */
const ALWAYS_THERE = ["connect", "disconnect", "router", NOTIFIER, SWEEPER];

/** Every function of the stage: its state, whether it failed lately; and that the sweeper ran. */
export function deployedFunctionsCheck(target: DeployedTarget, clock: Clock): Check {
  return {
    name: "functions",
    advice: CREDENTIALS,
    runbook: "error-rate",
    timeoutMs: 20_000,
    async run(signal) {
      const functions = await findFunctions(target, signal);
      const missing = ALWAYS_THERE.filter((name) => !functions.some((one) => one.name === name));
      const configurations = await Promise.all(functions.map(async (one) => ({ ...one, ...(await stateOf(target, one.awsName, signal)) })));
      const counts = await recentMetrics(
        target.cloudwatch,
        functions.flatMap(({ awsName }) => [countOf(awsName, "Errors"), countOf(awsName, "Invocations")]),
        { clock, backMs: FUNCTIONS_BACK_MS, signal },
      );
      const failing = configurations.flatMap(({ name }, index) => {
        const [errors = 0, invocations = 0] = [counts[2 * index], counts[2 * index + 1]];
        return errors > 0 ? [`${name} (${errors} of ${invocations})`] : [];
      });
      const broken = configurations.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
      return [
        functionsFinding(missing, broken, failing, functions.length),
        await sweeperFinding(target, functions.find(({ name }) => name === SWEEPER)?.awsName, { clock, backMs: SWEEPER_BACK_MS, signal }),
      ];
    },
  };
}

function functionsFinding(missing: readonly string[], broken: readonly string[], failing: readonly string[], count: number): Finding {
  const wrong = [...(missing.length === 0 ? [] : [`missing: ${missing.join(", ")}`]), ...broken];
  if (wrong.length > 0) return fail("functions", wrong.join("; "), DEPLOY_AGAIN, "error-rate");
  if (failing.length > 0) {
    return warn(
      "functions",
      `failed within ${inWords(FUNCTIONS_BACK_MS)}: ${failing.join(", ")}`,
      "See their logs: the stored query of errors shows them by action and code.",
      "error-rate",
    );
  }
  return ok("functions", `${counted(count, "function")}, all active, none failed within ${inWords(FUNCTIONS_BACK_MS)}`);
}

async function sweeperFinding(
  target: DeployedTarget,
  awsName: string | undefined,
  options: Parameters<typeof recentMetrics>[2],
): Promise<Finding> {
  if (awsName === undefined) return fail(SWEEPER, "there is no such function", DEPLOY_AGAIN, "sweeper");
  const [invocations, errors] = await recentMetrics(
    target.cloudwatch,
    [countOf(awsName, "Invocations"), countOf(awsName, "Errors")],
    options,
  );
  const lately = inWords(options.backMs);
  if (invocations === undefined || invocations === 0) {
    return fail(
      SWEEPER,
      `it has not run for ${lately}`,
      `Nobody sees to lost events and lost workers: is its schedule enabled? ${DEPLOY_AGAIN}`,
      "sweeper",
    );
  }
  if (errors !== undefined && errors >= invocations)
    return fail(SWEEPER, `all of its runs failed for ${lately}`, "See its log.", "sweeper");
  return ok(SWEEPER, `ran ${counted(invocations, "time")} within ${lately}`);
}

interface FoundFunction {
  /** Of the wiring. */
  readonly name: string;
  readonly awsName: string;
}

/** By their log groups, whose names are ours. */
async function findFunctions({ lambda, stage }: DeployedTarget, signal: AbortSignal): Promise<readonly FoundFunction[]> {
  const prefix = logGroupOf(stage, "");
  const found: FoundFunction[] = [];
  let marker: string | undefined;
  do {
    const page = await lambda.send(new ListFunctionsCommand({ Marker: marker }), { abortSignal: signal });
    for (const { FunctionName: awsName, LoggingConfig: logging } of page.Functions ?? []) {
      const group = logging?.LogGroup;
      if (awsName !== undefined && group?.startsWith(prefix) === true) found.push({ name: group.slice(prefix.length), awsName });
    }
    marker = page.NextMarker;
  } while (marker !== undefined && marker !== "");
  return found;
}

async function stateOf(target: DeployedTarget, awsName: string, signal: AbortSignal): Promise<{ readonly problem: string | undefined }> {
  const {
    State: state,
    StateReason: why,
    LastUpdateStatus: update,
    LastUpdateStatusReason: updateWhy,
  } = await configurationOf(target, awsName, signal);
  // A function that was not called for weeks is Inactive, and becomes active by the next call.
  if (state === "Failed") return { problem: `failed (${why ?? "no reason is given"})` };
  if (update === "Failed") return { problem: `its last update failed (${updateWhy ?? "no reason is given"})` };
  return { problem: undefined };
}

function countOf(awsName: string, name: "Errors" | "Invocations"): WantedMetric {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: awsName }, statistic: "Sum" };
}
