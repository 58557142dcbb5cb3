import type { Benchmark, Figure } from "../suite/measurement.ts";
import { percentilesOf } from "../suite/percentile.ts";
import { measureProgress, POLL_INTERVAL_MS } from "./measureProgress.ts";
import { countRequestCalls, measureThroughput } from "./measureThroughput.ts";
import { REQUEST_CALLS } from "./storedRequest.ts";

/** What a client waits for, from its submit to its result. */
export const progressBenchmark: Benchmark = {
  name: "progress",
  title: "Progress of an asynchronous request",
  async run({ quick, say }) {
    const requests = quick ? 1 : 30;
    const rounds = quick ? 2 : 7;
    say(`  ${requests} requests, ${rounds} reports each`);
    const samples = await measureProgress({ requests, rounds });
    const polled = { what: "a bare poller of the stream sees a put", values: percentilesOf(samples.polled) };
    const raw = { what: "put + query + post by the SDK, until a bare socket has it", values: percentilesOf(samples.raw) };
    const figures: readonly Figure[] = [
      ...figuresOf("acknowledged", "submit → acknowledgment", samples.acknowledged),
      ...figuresOf("first", "submit → first progress", samples.firstProgress, polled, 3),
      ...figuresOf("progress", "progress() in the worker → message at the client", samples.progress, raw, 1.5),
      ...figuresOf("completion", "return of the handler → result at the client", samples.completion),
    ];
    const how =
      `${requests} requests, one after the other, warm, on the local stack: our client in a process of its own, the handler in a sandbox, real sockets, the real engine. ` +
      `Each reports ${1 + rounds} times, every time more than 100 ms after the last, so that nothing is coalesced; the report carries the moment at which it was made. ` +
      `In turn with each report the same sandbox puts, queries and posts by the SDK alone; in turn with each request a bare poller reads the stream every ${POLL_INTERVAL_MS} ms.`;
    return { benchmark: "progress", how, figures };
  },
};

/** How many asynchronous requests the system carries on this machine. */
export const throughputBenchmark: Benchmark = {
  name: "throughput",
  title: "Asynchronous requests per second",
  async run({ quick, say }) {
    say("  which calls a request makes");
    const calls = await countRequestCalls();
    const sizes = quick
      ? ([[1, 2] as const, [4, 8] as const] as const)
      : ([[1, 80] as const, [16, 400] as const, [64, 800] as const] as const);
    say(`  ${sizes.map(([inFlight]) => inFlight).join(", ")} in flight`);
    const measures = await measureThroughput({ runs: sizes.map(([inFlight, requests]) => ({ inFlight, requests })) });
    const figures: readonly Figure[] = [
      {
        id: "throughput.calls",
        what: "calls of the table for one request, the notifier's reads included",
        unit: "count",
        ours: calls.length,
        baseline: { what: "its own, without the notifier's", value: REQUEST_CALLS.length },
      },
      ...measures.flatMap(({ inFlight, ours, sdkFloor, storesFloor }): readonly Figure[] => {
        const of = { what: `${inFlight} in flight`, unit: "per second", ours } as const;
        const id = `throughput.${inFlight}`;
        return [
          { ...of, id: `${id}.sdk`, baseline: { what: "the same calls by the SDK, nothing else", value: sdkFloor } },
          {
            ...of,
            id: `${id}.electrodb`,
            baseline: { what: "the same calls by ElectroDB, nothing else", value: storesFloor },
            goal: { atLeast: 0.8 },
          },
        ];
      }),
    ];
    const how =
      `Requests whose work is none, by one client in a process of its own, ${sizes.map(([inFlight, requests]) => `${requests} with ${inFlight} in flight`).join(", ")}; the floors in another process, on the same engine, in turn. ` +
      `Of one request a proxy before the engine counted ${countsOf(calls)}. Its own ${REQUEST_CALLS.length}, of which the floors are made: ${REQUEST_CALLS.join("; ")}. ` +
      "The rest are the notifier's reads of who hears of the request, one query for each topic of a batch of transitions. Two posts, two messages of queues and the reading of the stream are in no floor.";
    return { benchmark: "throughput", how, figures };
  },
};

type Percentiles = ReturnType<typeof percentilesOf>;

function figuresOf(
  id: string,
  what: string,
  samples: readonly number[],
  baseline?: { readonly what: string; readonly values: Percentiles },
  atMost?: number,
): readonly Figure[] {
  const ours = percentilesOf(samples);
  return (["p50", "p95", "p99"] as const).map((percent) => ({
    id: `progress.${id}.${percent}`,
    what: `${what}, ${percent}`,
    unit: "ms",
    ours: ours[percent],
    ...(baseline === undefined ? {} : { baseline: { what: `${baseline.what}, ${percent}`, value: baseline.values[percent] } }),
    // Of the tail there is no goal: on a machine with two cores it is the scheduler's.
    ...(atMost === undefined || percent !== "p50" ? {} : { goal: { atMost } }),
  }));
}

function countsOf(calls: readonly string[]): string {
  const names = [...new Set(calls)].toSorted();
  return names.map((name) => `${calls.filter((call) => call === name).length} × ${name}`).join(", ");
}
