import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { actions } from "@streamer/functions/actions";
import { startLocalStack } from "@streamer/local";
import { createFakeClock } from "@streamer/protocol/testing";
import { createConnectionStore, createLogger, createRequestStore, createSubscriptionStore, createSweeper } from "@streamer/server";

/** One minute of a backlog that nobody takes. */
export interface MinuteMeasure {
  readonly minute: number;
  /** Events that were sent again. */
  readonly sent: number;
  readonly sweepMs: number;
}

const MINUTE_MS = 60_000;
const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../packages/functions");

/** Sweeps a backlog once for each simulated minute, on the real engine of the local stack. The bus takes every event and does nothing. */
export async function* measureSweeps(backlog: number, minutes: number): AsyncGenerator<MinuteMeasure> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-sweeper-"));
  const stack = await startLocalStack({
    functionsDir: FUNCTIONS_DIR,
    dataDir,
    port: 0,
    // Nobody takes what is stored here, and no other sweeper runs.
    wiring: (wiring) => ({ ...wiring, pipe: { ...wiring.pipe, filters: [{ eventName: ["NEVER"] }] }, schedules: [] }),
  });
  const client = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    const table = { client, tableName: stack.tableName };
    const clock = createFakeClock(Date.now());
    const requests = createRequestStore(table, clock);
    await store(backlog, requests);
    let sent = 0;
    const sweep = createSweeper(
      { actions },
      {
        requests,
        subscriptions: createSubscriptionStore(table),
        connections: createConnectionStore(table, clock),
        connectionManager: { broadcast: async () => new Map() },
        bus: {
          async send(events) {
            sent += events.length;
            return [];
          },
        },
        clock,
        random: Math.random,
        logger: createLogger("sweeper"),
        addMetric: () => undefined,
        publishMetrics: async () => undefined,
      },
    );
    for (let minute = 1; minute <= minutes; minute += 1) {
      await clock.advance(MINUTE_MS);
      const before = sent;
      const startedAt = performance.now();
      await sweep({}, { getRemainingTimeInMillis: () => Number.POSITIVE_INFINITY });
      yield { minute, sent: sent - before, sweepMs: performance.now() - startedAt };
    }
  } finally {
    client.destroy();
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function store(backlog: number, requests: Pick<ReturnType<typeof createRequestStore>, "create">): Promise<void> {
  const next = Array.from({ length: backlog }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of next) {
      await requests.create({
        tenantId: "acme",
        requestId: `r${index}`,
        userId: "ada",
        connectionId: "none",
        action: "generate_report",
        payload: "{}",
        payloadHash: "hash",
        metadata: undefined,
        correlationId: "k",
      });
    }
  };
  await Promise.all(Array.from({ length: 25 }, worker));
}

// `POWERTOOLS_LOG_LEVEL=ERROR node --conditions=@streamer/source test/bench/sweeper/measure.ts 10000 8`
if (process.argv[1] === import.meta.filename) {
  const [backlog = 10_000, minutes = 8] = process.argv.slice(2).map(Number);
  console.log(`${backlog} requests that nobody takes\nminute  sent again  sweep s`);
  for await (const { minute, sent, sweepMs } of measureSweeps(backlog, minutes)) {
    console.log(`${String(minute).padStart(6)}  ${String(sent).padStart(10)}  ${(sweepMs / 1_000).toFixed(1).padStart(7)}`);
  }
}
