import { createConnectionManager, createManagementApi } from "@streamer/server";
import { answerParent } from "../async/askProcess.ts";

/** Broadcasts of one message, by the connection manager and by the bare client of the SDK. */
export interface SendsQuestion {
  readonly endpoint: string;
  readonly connections: number;
  readonly concurrency: number;
  readonly rounds: number;
  /** Who goes first, in this round and each other one. What a process sends first pays for what both need. */
  readonly first: "manager" | "sdk";
}

/** Of each round, in ms. */
export interface SendsAnswer {
  readonly manager: readonly number[];
  readonly sdk: readonly number[];
}

const CLIENT = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const quiet = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const MESSAGE = {
  type: "progress",
  request_id: "0".repeat(32),
  sequence: 1_000_001,
  previous: 0,
  attempt: 1,
  percentage: 42,
  message: "Reading the second quarter",
  metadata: { stage: "query" },
  timestamp: 1_700_000_000,
} as const;

answerParent(
  async ({ endpoint, connections, concurrency, rounds, first }: SendsQuestion): Promise<SendsAnswer> => {
    const api = createManagementApi({ endpoint, client: CLIENT });
    const managementApi = createManagementApi({ endpoint, client: CLIENT });
    const manager = createConnectionManager(
      { broadcastConcurrency: concurrency },
      { managementApi, connections: { delete: async () => undefined }, logger: quiet, random: Math.random },
    );
    const ids = Array.from({ length: connections }, (_, index) => `c${index}`);
    const ways = {
      manager: async (): Promise<void> => {
        const results = await manager.broadcast(ids, MESSAGE);
        const sent = [...results.values()].filter(({ status }) => status === "sent").length;
        if (sent !== ids.length) throw new Error(`${sent} of ${ids.length} sends arrived.`);
      },
      sdk: async (): Promise<void> => {
        const data = JSON.stringify(MESSAGE);
        const left = ids.values();
        const one = async (): Promise<void> => {
          for (const id of left) await api.post(id, data);
        };
        await Promise.all(Array.from({ length: Math.min(concurrency, ids.length) }, one));
      },
    };
    const answer = { manager: [] as number[], sdk: [] as number[] };
    const order = first === "manager" ? (["manager", "sdk"] as const) : (["sdk", "manager"] as const);
    for (let round = 0; round < rounds; round += 1) {
      for (const way of order) {
        const startedAt = performance.now();
        await ways[way]();
        answer[way].push(performance.now() - startedAt);
      }
    }
    await manager.close();
    api.close();
    return answer;
  },
  async () => {},
);
