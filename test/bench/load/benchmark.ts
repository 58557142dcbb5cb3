import type { Benchmark } from "../suite/measurement.ts";
import { loadConnections } from "./scenarios/connections.ts";
import { loadMemory, WARM_UP_REQUESTS } from "./scenarios/memory.ts";
import { loadQueue } from "./scenarios/queue.ts";

/** Of each connection. Gentle: a laptop carries the clients, the stack and the engine at once. */
export const PACE = { echoEverySeconds: 20, workEverySeconds: 60 } as const;

/** Of each of a hundred connections: ten of each a second. */
export const MEMORY_PACE = { echoEverySeconds: 10, workEverySeconds: 10 } as const;

/** They take minutes and all of the machine: run by name, not with the others. */
export const loadBenchmarks: readonly Benchmark[] = [
  {
    name: "load-connections",
    title: "1,000 connections at a time",
    run: ({ quick, say }) =>
      loadConnections({
        ...(quick
          ? { connections: 50, seconds: 5, echoEverySeconds: 1, workEverySeconds: 2 }
          : { connections: 1_000, seconds: 60, ...PACE }),
        say,
      }),
  },
  {
    name: "load-queue",
    title: "10,000 queued requests",
    run: ({ quick, say }) => loadQueue({ queued: quick ? 200 : 10_000, say }),
  },
  {
    name: "load-memory",
    title: "Memory over ten minutes",
    run: ({ quick, say }) => loadMemory({ minutes: quick ? 0.5 : 10, warmUp: quick ? 100 : WARM_UP_REQUESTS, ...MEMORY_PACE, say }),
  },
];
