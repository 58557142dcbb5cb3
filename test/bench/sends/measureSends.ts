import { resolve } from "node:path";
import { startConnectionsEndpoint } from "@streamer/server/testing";
import { startProcess } from "../async/askProcess.ts";
import type { SendsAnswer, SendsQuestion } from "./sendsProcess.ts";

export interface SendsOptions {
  readonly connections: number;
  readonly concurrency: number;
  /** Of each way, in one process, in turn. */
  readonly rounds: number;
  /** Rounds that only compile the code. */
  readonly warmUps: number;
}

/** Real posts by real clients, in a process of their own, to an endpoint in this one that answers at once. */
export async function measureSends({ rounds, warmUps, ...what }: SendsOptions): Promise<SendsAnswer> {
  const { manager, sdk } = await askFreshProcess({ ...what, rounds: rounds + warmUps, first: "manager" });
  return { manager: manager.slice(warmUps), sdk: sdk.slice(warmUps) };
}

/** What the first broadcast of a process takes, by each way in processes of their own. */
export async function measureFirstSends({
  processes,
  ...what
}: { readonly processes: number } & Pick<SendsOptions, "connections" | "concurrency">): Promise<SendsAnswer> {
  const answer = { manager: [] as number[], sdk: [] as number[] };
  for (let index = 0; index < processes; index += 1) {
    for (const way of ["manager", "sdk"] as const) {
      const { [way]: times } = await askFreshProcess({ ...what, rounds: 1, first: way });
      answer[way].push(...times);
    }
  }
  return answer;
}

async function askFreshProcess(question: Omit<SendsQuestion, "endpoint">): Promise<SendsAnswer> {
  const endpoint = await startConnectionsEndpoint();
  const asked = startProcess<SendsQuestion, SendsAnswer>(resolve(import.meta.dirname, "sendsProcess.ts"));
  try {
    return await asked.ask({ ...question, endpoint: endpoint.endpoint });
  } finally {
    await asked.stop();
    await endpoint.close();
  }
}
