import { withServers } from "../servers/startServer.ts";
import type { Benchmark, Figure } from "../suite/measurement.ts";
import { measureConnects } from "./measureConnects.ts";
import type { ConnectOptions } from "./measureConnects.ts";

const FULL: ConnectOptions = { rounds: 5, oneByOne: 40, together: 200, atOnce: 32 };
const QUICK: ConnectOptions = { rounds: 1, oneByOne: 5, together: 20, atOnce: 8 };
const OURS = [
  ["gateway", "local gateway alone"],
  ["stack", "with $connect: a token is verified, a record written"],
] as const;
const FIGURES = [
  ["p50", "time to open, p50", "ms"],
  ["p99", "time to open, p99", "ms"],
  ["perSecond", "opened", "per second"],
] as const;

/** Opening connections, beside `ws` alone. */
export const connectBenchmark: Benchmark = {
  name: "connect",
  title: "Connecting",
  async run({ quick }) {
    const options = quick ? QUICK : FULL;
    const { rounds, oneByOne, together, atOnce } = options;
    const measured = await withServers(["raw", "gateway", "stack"], ({ raw, gateway, stack }) =>
      measureConnects({ raw: raw.url, gateway: gateway.url, stack: stack.url }, options),
    );
    return {
      benchmark: "connect",
      how:
        `${rounds * oneByOne} connections opened and closed, one after the other (p50, p99), and ${rounds * together} opened ${atOnce} at a time ` +
        `(a second). Each server is a process of its own, the client is another; they take turns in ${rounds} rounds.`,
      figures: OURS.flatMap(([name, what]) =>
        FIGURES.map(([figure, says, unit]): Figure => ({
          id: `connect.${name}.${figure}`,
          what: `${what}: ${says}`,
          unit,
          ours: measured[name][figure],
          baseline: { what: "raw ws", value: measured.raw[figure] },
        })),
      ),
    };
  },
};
