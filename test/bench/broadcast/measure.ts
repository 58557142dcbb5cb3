import { createConnectionManager, createManagementApi } from "@streamer/server";
import { startConnectionsEndpoint } from "@streamer/server/testing";

/** The SDK signs whatever it sends; this endpoint looks at nothing. */
const CLIENT = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const quiet = { debug: () => undefined, warn: () => undefined, error: () => undefined };

export interface BroadcastMeasure {
  readonly concurrency: number;
  /** Of the broadcasts, when all sockets are open and the code is warm. */
  readonly medianMs: number;
  readonly worstMs: number;
  /** Connections that were reached, of all. */
  readonly sent: number;
}

export interface MeasureOptions {
  readonly concurrency: number;
  /** Of each broadcast. */
  readonly connections: number;
  readonly broadcasts: number;
  /** What a post takes at the endpoint, in ms. */
  readonly postMs: number;
}

/** Measures broadcasts by the real SDK to a real endpoint on this machine, which shares its processors with what is measured. */
export async function measureBroadcast({ concurrency, connections, broadcasts, postMs }: MeasureOptions): Promise<BroadcastMeasure> {
  const endpoint = await startConnectionsEndpoint(async () => {
    await new Promise((resolve) => setTimeout(resolve, postMs));
    return 200;
  });
  const manager = createConnectionManager(
    { broadcastConcurrency: concurrency },
    {
      managementApi: createManagementApi({ endpoint: endpoint.endpoint, client: CLIENT }),
      connections: { delete: async () => undefined },
      logger: quiet,
      random: Math.random,
    },
  );
  const ids = Array.from({ length: connections }, (_, index) => `c${index}`);
  const times: number[] = [];
  let sent = 0;
  const warmUps = Math.ceil(broadcasts / 4);
  for (let round = -warmUps; round < broadcasts; round += 1) {
    const startedAt = performance.now();
    const results = await manager.broadcast(ids, { type: "pong" });
    if (round < 0) continue;
    times.push(performance.now() - startedAt);
    sent += [...results.values()].filter(({ status }) => status === "sent").length;
  }
  await manager.close();
  await endpoint.close();
  const sorted = times.toSorted((a, b) => a - b);
  return { concurrency, medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0, worstMs: sorted.at(-1) ?? 0, sent };
}

if (process.argv[1] === import.meta.filename) {
  console.log("100 connections, posts of 5 ms, 40 broadcasts\nconcurrency  median ms  worst ms");
  for (const concurrency of [1, 5, 10, 25, 50, 100]) {
    const { medianMs, worstMs } = await measureBroadcast({ concurrency, connections: 100, broadcasts: 40, postMs: 5 });
    console.log(`${String(concurrency).padStart(11)}  ${medianMs.toFixed(1).padStart(9)}  ${worstMs.toFixed(1).padStart(8)}`);
  }
}
