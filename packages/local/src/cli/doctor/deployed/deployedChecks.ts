import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "@streamer/protocol";
import { NotCheckableError, skip } from "../finding.ts";
import type { Check } from "../finding.ts";
import type { ChecksOfTarget } from "../local/localChecks.ts";
import { clockCheck } from "../shared/clockCheck.ts";
import { connectionCheck } from "../shared/connectionCheck.ts";
import type { DeepRequest } from "../shared/connectionCheck.ts";
import { jwtKeyFinding } from "../shared/jwtKeyCheck.ts";
import { requestsCheck } from "../shared/requestsCheck.ts";
import { tableCheck } from "../shared/tableCheck.ts";
import { openDeployedTarget } from "./deployedTarget.ts";
import type { DeployedNames, DeployedTarget } from "./deployedTarget.ts";
import { CREDENTIALS, deployedBusCheck, deployedPipeCheck, DEPLOY_AGAIN, findRules } from "./flowChecks.ts";
import { deployedFunctionsCheck } from "./functionsCheck.ts";
import { deployedQueuesCheck } from "./queuesCheck.ts";

export interface DeployedOptions extends DeployedNames {
  /** Where clients connect. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  /** What tokens are verified by: a PEM or the URL of a JWKS. */
  readonly jwtKey: string | undefined;
  readonly deep: DeepRequest | undefined;
}

/** All that can be checked of a deployed stage. Nothing is written but what `deep` asks for. */
export function deployedChecks(options: DeployedOptions, clock: Clock): ChecksOfTarget {
  const { app, stage, region, url, token, jwtKey, deep } = options;
  const target = openDeployedTarget(options);
  const table = async () => ({ client: target.dynamodb, tableName: await target.tableName() });
  const rules = findRules(target);
  const tableAdvice = { unreachable: CREDENTIALS, missing: CREDENTIALS, otherShape: DEPLOY_AGAIN, turnOn: DEPLOY_AGAIN };
  const checks: readonly Check[] = [
    deployedPipeCheck(target),
    tableCheck(table, tableAdvice),
    deployedBusCheck(target, rules),
    deployedQueuesCheck(target, rules, clock),
    requestsCheck(table, clock, CREDENTIALS),
    deployedFunctionsCheck(target, clock),
    keyCheck(jwtKey),
    clockCheck((signal) => dateOfAws(target, signal), clock, CREDENTIALS),
    connectionCheck({
      async target() {
        if (url === undefined) throw new NotCheckableError("pass --url, which sst deploy prints, or run under sst shell");
        if (token === undefined) throw new NotCheckableError("pass a token of a user for tests: STREAMER_TOKEN, or --token");
        return { url, token };
      },
      deep,
      clock,
      newId: () => `doctor-${crypto.randomUUID()}`,
      advice: "Nobody answers at this URL: compare it with the one that sst deploy prints, and try from another network.",
    }),
  ];
  return { target: `${app}/${stage}${region === undefined ? "" : ` in ${region}`}`, checks, close: () => target.close() };
}

function keyCheck(jwtKey: string | undefined): Check {
  return {
    name: "key",
    advice: "Its JWKS does not answer from here. Functions go on with the keys they have; new ones cannot start.",
    runbook: "auth-failures",
    async run(signal) {
      if (jwtKey !== undefined) return jwtKeyFinding(jwtKey, signal);
      // SST keeps it encrypted: only its own shell has it.
      return skip("key", "the secret is not known here: run under sst shell --stage <name>, or pass --jwt-key");
    },
  };
}

/** What AWS's answer says the time is. */
async function dateOfAws({ dynamodb, tableName }: DeployedTarget, signal: AbortSignal): Promise<string | undefined> {
  const name = await tableName();
  const command = new DescribeTableCommand({ TableName: name });
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      date = headers?.["date"];
      return result;
    },
    { step: "deserialize", name: "readDate" },
  );
  await dynamodb.send(command, { abortSignal: signal });
  return date;
}
