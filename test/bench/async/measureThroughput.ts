import { resolve } from "node:path";
import { startPlainEngine } from "../../support/plainEngine.ts";
import { createBenchTable } from "../stores/createBenchTable.ts";
import { startProcess } from "./askProcess.ts";
import { startBenchClient } from "./benchClient.ts";
import { startBenchStack } from "./benchStack.ts";
import { startCountedEngine } from "./countCalls.ts";
import type { FloorQuestion } from "./floorProcess.ts";

export interface ThroughputOptions {
  /** Of each number in flight: requests of ours, and of each floor. */
  readonly runs: readonly { readonly inFlight: number; readonly requests: number }[];
}

/** Requests per second. */
export interface ThroughputMeasure {
  readonly inFlight: number;
  readonly ours: number;
  /** The calls of the table that a request makes, by the SDK and nothing else. */
  readonly sdkFloor: number;
  /** The same calls by ElectroDB. */
  readonly storesFloor: number;
}

/** Ours and the two floors in turn, on one engine, in tables of their own: the pipe follows only ours. */
export async function measureThroughput({ runs }: ThroughputOptions): Promise<readonly ThroughputMeasure[]> {
  const bench = await startBenchStack();
  const floor = startProcess<FloorQuestion, number>(resolve(import.meta.dirname, "floorProcess.ts"));
  try {
    const endpoint = bench.stack.dynamodbEndpoint;
    const tableName = await createBenchTable(endpoint);
    const client = await startBenchClient(bench);
    const perSecond = async (requests: number, passedMs: Promise<number>): Promise<number> => (requests * 1000) / (await passedMs);
    const ask = (by: FloorQuestion["by"], requests: number, inFlight: number) =>
      perSecond(requests, floor.ask({ by, endpoint, tableName, requests, inFlight }));
    const pass = (requests: number, inFlight: number) =>
      perSecond(
        requests,
        client.ask({ do: "pass", requests, inFlight }).then(({ passedMs }) => passedMs),
      );
    try {
      // Sandboxes are started, and code is compiled, before it counts.
      const [most = 1] = runs.map(({ inFlight }) => inFlight).toSorted((a, b) => b - a);
      await pass(most, most);
      for (const by of ["sdk", "stores"] as const) await ask(by, most, most);
      const measures: ThroughputMeasure[] = [];
      for (const { inFlight, requests } of runs) {
        const ours = await pass(requests, inFlight);
        const sdkFloor = await ask("sdk", requests, inFlight);
        const storesFloor = await ask("stores", requests, inFlight);
        measures.push({ inFlight, ours, sdkFloor, storesFloor });
      }
      return measures;
    } finally {
      await client.stop();
    }
  } finally {
    await floor.stop();
    await bench.stop();
  }
}

/** The calls of the table that one request makes, of all functions, as a proxy before the engine saw them. In no order. */
export async function countRequestCalls(): Promise<readonly string[]> {
  const plain = await startPlainEngine();
  const engine = await startCountedEngine(plain.endpoint);
  const bench = await startBenchStack({ dynamodbEndpoint: engine.endpoint });
  // The sweeper's reads are no request's.
  for (const schedule of bench.stack.parts.schedules.values()) await schedule.stop();
  const client = await startBenchClient(bench);
  try {
    await engine.quiet();
    engine.clear();
    await client.ask({ do: "pass", requests: 1, inFlight: 1 });
    await engine.quiet();
    return [...engine.calls];
  } finally {
    await client.stop();
    await bench.stop();
    await engine.stop();
    await plain.stop();
  }
}
