import { createLogger, createOwnMetrics } from "@streamer/server";

/** What one message of the router publishes: `metrics` by Powertools, `plain` as one line that is put together by hand, for comparison. */
export async function measure(later: number): Promise<Measured> {
  // A function has its logger, and what it shares with the metrics, before its first message.
  createLogger("bench");
  const metrics = createOwnMetrics({ functionName: "streamer-bench-router" });
  const publish = async (): Promise<void> => {
    metrics.add("MessagesSentPerMinute", 1);
    metrics.add("RequestsSubmitted", 1);
    await metrics.publish();
  };
  const first = await timed(publish);
  const second = await timed(publish);
  const rest = await timed(async () => {
    for (let index = 0; index < later; index += 1) await publish();
  });
  const plain = await timed(async () => {
    for (let index = 0; index < later; index += 1) writeLine();
  });
  return { firstMs: first, secondMs: second, laterMs: rest / later, plainMs: plain / later };
}

export interface Measured {
  readonly firstMs: number;
  readonly secondMs: number;
  readonly laterMs: number;
  readonly plainMs: number;
}

function writeLine(): void {
  const described = {
    Namespace: "Streamer",
    Dimensions: [["FunctionName"]],
    Metrics: [
      { Name: "MessagesSentPerMinute", Unit: "Count" },
      { Name: "RequestsSubmitted", Unit: "Count" },
    ],
  };
  const values = { FunctionName: "streamer-bench-router", MessagesSentPerMinute: 1, RequestsSubmitted: 1 };
  process.stdout.write(`${JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [described] }, ...values })}\n`);
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}
