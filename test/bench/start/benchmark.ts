import { median } from "../bundle/startTime.ts";
import type { Benchmark } from "../suite/measurement.ts";
import { startRaw, startStreamer } from "./measureStart.ts";
import type { StartTimes } from "./measureStart.ts";

const GOAL = { atMost: 1_000 } as const;

/** From a command on the shell to the first answer. */
export const startBenchmark: Benchmark = {
  name: "start",
  title: "From the command to the first reply",
  async run({ quick, say }) {
    const rounds = quick ? 1 : 7;
    const ours: StartTimes[] = [];
    const raw: StartTimes[] = [];
    for (let round = 0; round < rounds; round += 1) {
      say(`  ${round + 1} of ${rounds}`);
      ours.push(await startStreamer());
      raw.push(await startRaw());
    }
    const of = (times: readonly StartTimes[], figure: keyof StartTimes): number => median(times.map((one) => one[figure]));
    const reply = of(ours, "firstReplyMs");
    return {
      benchmark: "start",
      how:
        `"streamer dev" with a new data directory and one action, to the answer of that action; beside "node" with a WebSocket server of four lines. ` +
        `Median of ${rounds} starts of each, in turn.`,
      figures: [
        { id: "start.firstReply", what: "command to first reply", unit: "ms", ours: reply, goal: GOAL },
        {
          id: "start.firstReply.raw",
          what: "command to first reply, beside a bare server",
          unit: "ms",
          ours: reply,
          baseline: { what: "node and ws", value: of(raw, "firstReplyMs") },
        },
        {
          id: "start.ready",
          what: "command to ready",
          unit: "ms",
          ours: of(ours, "readyMs"),
          baseline: { what: "node and ws", value: of(raw, "readyMs") },
        },
      ],
    };
  },
};
