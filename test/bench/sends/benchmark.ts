import type { Benchmark, Figure } from "../suite/measurement.ts";
import { percentilesOf } from "../suite/percentile.ts";
import { measureFirstSends, measureSends } from "./measureSends.ts";
import type { SendsAnswer } from "./sendsProcess.ts";

const CONCURRENCY = 25;
const RAW = "bare posts by the same client";

const FULL = { one: 400, hundred: 40, thousand: 10, processes: 8 };
const QUICK = { one: 5, hundred: 2, thousand: 1, processes: 1 };

/** Posts to connections by the connection manager, beside the same posts by the bare client of the SDK. */
export const sendsBenchmark: Benchmark = {
  name: "sends",
  title: "Sends and broadcasts",
  async run({ quick, say }) {
    const counts = quick ? QUICK : FULL;
    const measure = async (connections: number, concurrency: number, rounds: number): Promise<SendsAnswer> => {
      say(`  ${connections} connections`);
      return measureSends({ connections, concurrency, rounds, warmUps: Math.ceil(rounds / 4) });
    };
    const one = await measure(1, 1, counts.one);
    const hundred = await measure(100, CONCURRENCY, counts.hundred);
    const thousand = await measure(1_000, CONCURRENCY, counts.thousand);
    say(`  the first broadcast of a process, ${counts.processes} times`);
    const first = await measureFirstSends({ connections: 100, concurrency: CONCURRENCY, processes: counts.processes });
    const warm = percentilesOf(hundred.manager).p50;
    const coldStart = percentilesOf(first.manager).p50;
    const figures: readonly Figure[] = [
      ...figuresOf("one", "one send", one),
      ...figuresOf("broadcast.100", "broadcast to 100", hundred),
      ...figuresOf("broadcast.1000", "broadcast to 1,000", thousand),
      {
        id: "sends.first.p50",
        what: "the first broadcast of a process, to 100",
        unit: "ms",
        ours: coldStart,
        baseline: { what: `the first ${RAW}`, value: percentilesOf(first.sdk).p50 },
        goal: { atMost: 1.2 },
      },
      {
        id: "sends.first.warm",
        what: "the first broadcast of a process beside a warm one",
        unit: "ms",
        ours: coldStart,
        baseline: { what: "ours, warm", value: warm },
        goal: { atMost: 1.2 },
      },
    ];
    const how =
      `One message of 200 bytes; the posts are real, by the SDK's client with signatures and kept connections, ${CONCURRENCY} under way at a time, ` +
      "to an endpoint in another process that answers at once. Ours and the bare posts take turns in one process; each first broadcast has a process of its own, " +
      `${counts.processes} of each.`;
    return { benchmark: "sends", how, figures };
  },
};

function figuresOf(id: string, what: string, { manager, sdk }: SendsAnswer): readonly Figure[] {
  const ours = percentilesOf(manager);
  const raw = percentilesOf(sdk);
  return [
    {
      id: `sends.${id}.p50`,
      what: `${what}, p50`,
      unit: "ms",
      ours: ours.p50,
      baseline: { what: RAW, value: raw.p50 },
      goal: { atMost: 1.2 },
    },
    { id: `sends.${id}.p99`, what: `${what}, p99`, unit: "ms", ours: ours.p99, baseline: { what: RAW, value: raw.p99 } },
  ];
}
