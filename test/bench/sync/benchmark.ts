import { withServers } from "../servers/startServer.ts";
import type { BenchServer, ServerName } from "../servers/startServer.ts";
import { openSockets } from "../servers/sockets.ts";
import type { Benchmark, Figure } from "../suite/measurement.ts";
import { measureRoundTrips } from "./measureRoundTrips.ts";
import type { Conversation, RoundTripOptions, RoundTrips } from "./measureRoundTrips.ts";

const MESSAGE = "x".repeat(200);
const ECHO = JSON.stringify({ id: "bench", action: "echo", payload: { message: MESSAGE } });
const PING = JSON.stringify({ type: "ping" });

/** Each as: ours, what it is beside, and how both read. */
const COMPARISONS = [
  ["echo", "raw", "echo action", "raw ws"],
  ["ping", "raw", "ping", "raw ws"],
  ["gateway", "raw", "local gateway alone", "raw ws"],
  ["echo", "floor", "echo action", "ws and one table update"],
] as const;

const GOALS = { p50: { atMost: 2.5 }, p99: { atMost: 3 }, perSecond: { atLeast: 0.4 } } as const;
const FULL: RoundTripOptions = { rounds: 10, oneByOne: 100, together: 400, atOnce: 32 };
const QUICK: RoundTripOptions = { rounds: 1, oneByOne: 10, together: 40, atOnce: 8 };

export interface RoundTripSettings {
  readonly connections: readonly number[];
  readonly options: RoundTripOptions;
}

/** The answer to a synchronous request, beside servers that do less. */
export const roundTripBenchmark: Benchmark = {
  name: "round-trip",
  title: "Synchronous round trip",
  async run({ quick, say }) {
    const { connections, options } = quick ? { connections: [1, 20], options: QUICK } : { connections: [1, 100, 1_000], options: FULL };
    const { rounds, oneByOne, together, atOnce } = options;
    const figures = await withServers(["raw", "floor", "gateway", "stack"], (servers) =>
      roundTrips(servers, { connections, options }, say),
    );
    return {
      benchmark: "round-trip",
      how:
        `A frame of 200 characters and its answer, ${rounds * oneByOne} times with one message on its way over the open connections in turn (p50, p99), and ` +
        `${rounds * together} times with up to ${atOnce} on their way, one on each connection (messages a second). Each server is a process of its own, ` +
        `the client is another; they take turns in ${rounds} rounds.`,
      figures,
    };
  },
};

/** Of each number of open connections, all comparisons. */
async function roundTrips(
  servers: Readonly<Record<ServerName, BenchServer>>,
  { connections, options }: RoundTripSettings,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const count of connections) {
    say(`  ${count} connections`);
    const [raw, floor, gateway, stack] = [
      await openSockets(servers.raw.url, count),
      await openSockets(servers.floor.url, count),
      await openSockets(servers.gateway.url, count),
      await openSockets(servers.stack.url, count),
    ];
    const same = (answer: string): boolean => answer === ECHO;
    const conversations: readonly Conversation[] = [
      { name: "raw", sockets: raw, frame: ECHO, isAnswer: same },
      { name: "floor", sockets: floor, frame: ECHO, isAnswer: same },
      { name: "gateway", sockets: gateway, frame: ECHO, isAnswer: same },
      { name: "ping", sockets: stack, frame: PING, isAnswer: (answer) => answer === '{"type":"pong"}' },
      { name: "echo", sockets: stack, frame: ECHO, isAnswer: (answer) => answer.includes(MESSAGE) && answer.includes('"success":true') },
    ];
    figures.push(...figuresOf(count, await measureRoundTrips(conversations, options)));
    await Promise.all([raw, floor, gateway, stack].flat().map((socket) => socket.close()));
  }
  return figures;
}

function figuresOf(connections: number, measured: ReadonlyMap<string, RoundTrips>): readonly Figure[] {
  const of = (name: string): RoundTrips => {
    const found = measured.get(name);
    if (found === undefined) throw new Error(`"${name}" was not measured.`);
    return found;
  };
  const at = connections === 1 ? "1 connection" : `${connections.toLocaleString("en-US")} connections`;
  return COMPARISONS.flatMap(([ours, beside, what, besideWhat]) =>
    (["p50", "p99", "perSecond"] as const).map((figure): Figure => ({
      id: `roundTrip.${connections}.${ours}.${beside}.${figure}`,
      what: `${what}, ${at}: ${figure === "perSecond" ? "messages" : figure}`,
      unit: figure === "perSecond" ? "per second" : "ms",
      ours: of(ours)[figure],
      baseline: { what: besideWhat, value: of(beside)[figure] },
      goal: GOALS[figure],
    })),
  );
}
