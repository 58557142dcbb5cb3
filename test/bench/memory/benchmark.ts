import { withServers } from "../servers/startServer.ts";
import type { ServerName } from "../servers/startServer.ts";
import type { Benchmark } from "../suite/measurement.ts";
import { measureMemory } from "./measureMemory.ts";

/** What an idle connection keeps, beside `ws` alone. On AWS no process of ours holds one. */
export const memoryBenchmark: Benchmark = {
  name: "memory",
  title: "Memory of an idle connection",
  async run({ quick, say }) {
    const connections = quick ? 200 : 1_000;
    // One at a time, so that none is swapped out by the other.
    const kilobytes = async (name: ServerName): Promise<number> => {
      say(`  ${name}`);
      return (await withServers([name], (servers) => measureMemory(servers[name], connections))) / 1_024;
    };
    const [raw, gateway] = [await kilobytes("raw"), await kilobytes("gateway")];
    return {
      benchmark: "memory",
      how:
        `${connections.toLocaleString("en-US")} connections are opened, closed, and opened again; the growth of the server's heap and buffers from none to ` +
        `all of them, after a collection of garbage each time, by connection.`,
      figures: [
        {
          id: "memory.gateway",
          what: "local gateway: heap and buffers of a connection",
          unit: "KB",
          ours: gateway,
          baseline: { what: "raw ws", value: raw },
          goal: { atMost: 2 },
        },
      ],
    };
  },
};
