import type { Clock } from "@streamer/protocol";
import { CommandError } from "../../failure.ts";
import { readStackFile } from "../../stackFile.ts";
import type { StackFile } from "../../stackFile.ts";
import { fail, ok, skip } from "../finding.ts";
import type { Check } from "../finding.ts";
import { clockCheck, dateOf } from "../shared/clockCheck.ts";
import { connectionCheck } from "../shared/connectionCheck.ts";
import type { DeepRequest } from "../shared/connectionCheck.ts";
import { requestsCheck } from "../shared/requestsCheck.ts";
import { tableCheck } from "../shared/tableCheck.ts";
import { doctorsToken, localKeyCheck } from "./keyCheck.ts";
import { openLocalTarget } from "./localTarget.ts";
import { engineCheck, nodeCheck, portsCheck, RESTART } from "./machineChecks.ts";
import { localPipeCheck } from "./pipeCheck.ts";
import { localFunctionsCheck } from "./functionsCheck.ts";
import { localBusCheck, localQueuesCheck } from "./queuesCheck.ts";

export interface LocalOptions {
  readonly dataDir: string;
  /** Default: one that is made for the doctor. */
  readonly token: string | undefined;
  readonly deep: DeepRequest | undefined;
}

export interface ChecksOfTarget {
  readonly target: string;
  readonly checks: readonly Check[];
  readonly close: () => void;
}

/** All that can be checked of the local stack on a data directory. Without a stack: what it would need. */
export async function localChecks(options: LocalOptions, clock: Clock): Promise<ChecksOfTarget> {
  const { dataDir } = options;
  const target = `The local stack on ${dataDir}`;
  const found = await readStackFile(dataDir).catch((error: unknown) => {
    if (error instanceof CommandError) return error;
    throw error;
  });
  if (found instanceof CommandError) return { target, checks: withoutStack(found, dataDir), close: () => {} };
  return { target, ...checksOf(found, options, clock) };
}

function withoutStack(why: CommandError, dataDir: string): readonly Check[] {
  return [
    constant("stack", fail("stack", why.message, `Start it with "streamer dev". For a deployed stage: --app and --stage.`)),
    nodeCheck,
    engineCheck({ running: false }),
    localKeyCheck(dataDir, undefined),
    constant("all else", skip("all else", "there is nothing to look at while no stack runs")),
  ];
}

function constant(name: string, finding: Awaited<ReturnType<Check["run"]>>): Check {
  return { name, advice: RESTART, run: async () => finding };
}

function checksOf(stack: StackFile, { dataDir, token, deep }: LocalOptions, clock: Clock): Omit<ChecksOfTarget, "target"> {
  const local = openLocalTarget(stack);
  const table = async () => ({ client: local.dynamodb, tableName: stack.tableName });
  const tableAdvice = {
    unreachable: `DynamoDB does not answer at ${stack.dynamodbEndpoint}. ${RESTART}`,
    missing: RESTART,
    otherShape: `The data is of another version. Start "streamer dev" with another --data-dir, or delete this one: its data goes with it.`,
    turnOn: RESTART,
  };
  const checks: readonly Check[] = [
    constant("stack", ok("stack", `process ${stack.pid}, ${stack.consoleUrl}`)),
    nodeCheck,
    portsCheck(stack),
    engineCheck({ running: true }),
    tableCheck(table, tableAdvice),
    localPipeCheck(local, clock),
    localBusCheck(local),
    localQueuesCheck(local),
    requestsCheck(table, clock, tableAdvice.unreachable),
    localFunctionsCheck(local),
    localKeyCheck(dataDir, local.status),
    clockCheck((signal) => dateOf(stack.consoleUrl, signal), clock, `The WebSocket API does not answer at ${stack.consoleUrl}. ${RESTART}`),
    connectionCheck({
      target: async () => ({ url: stack.websocketUrl, token: token ?? (await doctorsToken(dataDir)) }),
      deep,
      clock,
      newId: () => `doctor-${crypto.randomUUID()}`,
      advice: `Nobody answers at ${stack.websocketUrl}. ${RESTART}`,
    }),
  ];
  return { checks, close: () => local.close() };
}
