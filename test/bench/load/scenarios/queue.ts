import { availableParallelism } from "node:os";
import type { Measurement } from "../../suite/measurement.ts";
import { SILENCE_MS } from "./options.ts";
import type { LoadOptions } from "./options.ts";
import { countFigures, machineFigures, saturation, spreadFigures, toTwo } from "./verdict.ts";
import { share, withWorld } from "./world.ts";

export interface QueueOptions extends LoadOptions {
  readonly queued: number;
}

const CONNECTIONS = 100;
/** Not acknowledged at a time, of all clients together. */
const IN_FLIGHT = 16;

/** A queue that nobody takes from is filled, then drained (S-276). */
export function loadQueue({ queued, say }: QueueOptions): Promise<Measurement> {
  const name = "load-queue";
  return withWorld({ connections: Math.min(CONNECTIONS, queued) }, async (world) => {
    await world.stack.call("holdWork", {});
    const fillingAt = performance.now();
    const parts = world.clients.map((client, index) => ({ client, works: share(queued, world.clients.length, index) }));
    const atATime = Math.ceil(IN_FLIGHT / parts.length);
    await Promise.all(parts.map(({ client, works }) => client.call("fill", { works, echoes: 0, atATime })));
    const fillingSeconds = (performance.now() - fillingAt) / 1_000;
    say(`${queued} requests acknowledged in ${toTwo(fillingSeconds)} s; now the workers begin`);
    const stopMeter = await world.meter();
    const drainingAt = performance.now();
    await world.stack.call("releaseWork", {});
    await Promise.all(world.clients.map((client) => client.call("drain", { silenceMs: SILENCE_MS })));
    const drainingSeconds = (performance.now() - drainingAt) / 1_000;
    const use = await stopMeter();
    const outcome = await world.finish();
    return {
      benchmark: name,
      how:
        `${queued} asynchronous requests of ${world.opened} connections were sent with at most ${IN_FLIGHT} waiting for their acknowledgment, while ` +
        `nobody took from the queue; then the workers began. ${saturation(use, availableParallelism())}`,
      figures: [
        { id: `${name}.filling`, what: "until all were acknowledged", unit: "ms", ours: Math.round(fillingSeconds * 1_000) },
        { id: `${name}.acceptRate`, what: "accepted", unit: "per second", ours: toTwo(queued / fillingSeconds) },
        {
          id: `${name}.draining`,
          what: "from the first worker's begin to the last end",
          unit: "ms",
          ours: Math.round(drainingSeconds * 1_000),
        },
        { id: `${name}.drainRate`, what: "drained", unit: "per second", ours: toTwo(outcome.tally.works.succeeded / drainingSeconds) },
        ...countFigures(name, outcome),
        ...spreadFigures(`${name}.acknowledgment`, "acknowledgment", outcome.tally.ackMs),
        ...machineFigures(name, use),
      ],
    };
  });
}
