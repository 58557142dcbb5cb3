import { availableParallelism } from "node:os";
import type { Measurement } from "../../suite/measurement.ts";
import { SILENCE_MS, UNHEARD_AT_A_TIME } from "./options.ts";
import type { LoadOptions } from "./options.ts";
import { countFigures, machineFigures, saturation, spreadFigures, toTwo } from "./verdict.ts";
import { withWorld } from "./world.ts";

export interface ConnectionsOptions extends LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Of each connection. */
  readonly echoEverySeconds: number;
  readonly workEverySeconds: number;
}

/** S-278: of a thousand connections one may fail. */
const SUCCESS_RATE = 0.999;

/** Many connections at a time, each doing synchronous and asynchronous work (S-275). */
export function loadConnections(options: ConnectionsOptions): Promise<Measurement> {
  const { connections, seconds, echoEverySeconds, workEverySeconds, say } = options;
  const name = "load-connections";
  return withWorld({ connections }, async (world) => {
    say(`${world.opened} of ${world.asked} connections opened in ${toTwo(world.openingMs / 1_000)} s; working for ${seconds} s`);
    const stopMeter = await world.meter();
    const startedAt = performance.now();
    const plan = {
      forMs: seconds * 1_000,
      echoEveryMs: echoEverySeconds * 1_000,
      workEveryMs: workEverySeconds * 1_000,
      atATime: Math.ceil(UNHEARD_AT_A_TIME / world.clients.length),
    };
    const paced = await Promise.all(world.clients.map((client) => client.call("pace", plan)));
    const use = await stopMeter();
    say("waiting for what is still under way");
    await Promise.all(world.clients.map((client) => client.call("drain", { silenceMs: SILENCE_MS })));
    const drainedMs = performance.now() - startedAt;
    const outcome = await world.finish();
    const { tally } = outcome;
    return {
      benchmark: name,
      how:
        `${connections} connections of as many users in two client processes, the stack in a third, all on this machine; for ${seconds} s each ` +
        `sent an echo every ${echoEverySeconds} s and an asynchronous request every ${workEverySeconds} s, then all that was under way was awaited. ` +
        `At most ${UNHEARD_AT_A_TIME} frames were unanswered at a time: what fell due beyond them was sent late. Plain sockets, nothing is sent twice. ${saturation(use, availableParallelism())}`,
      figures: [
        { id: `${name}.asked`, what: "connections asked for", unit: "count", ours: world.asked },
        { id: `${name}.opened`, what: "connections opened at the first try", unit: "count", ours: world.opened },
        {
          id: `${name}.successRate`,
          what: "connection success rate (S-278)",
          unit: "",
          ours: world.opened / world.asked,
          goal: { atLeast: SUCCESS_RATE },
        },
        {
          id: `${name}.connectRate`,
          what: "connections opened",
          unit: "per second",
          ours: toTwo(world.opened / (world.openingMs / 1_000)),
        },
        ...countFigures(name, outcome),
        { id: `${name}.echoRate`, what: "echoes", unit: "per second", ours: toTwo(tally.echoes.sent / use.seconds) },
        { id: `${name}.workRate`, what: "asynchronous requests", unit: "per second", ours: toTwo(tally.works.sent / use.seconds) },
        {
          id: `${name}.late`,
          what: "how late the latest was sent",
          unit: "ms",
          ours: Math.round(Math.max(...paced.map((one) => one.latestMs))),
        },
        { id: `${name}.drained`, what: "from the first request sent to the last end", unit: "ms", ours: Math.round(drainedMs) },
        ...spreadFigures(`${name}.connect`, "connect", tally.connectMs),
        ...spreadFigures(`${name}.echo`, "echo", tally.echoes.latencyMs),
        ...spreadFigures(`${name}.acknowledgment`, "acknowledgment", tally.ackMs),
        ...spreadFigures(`${name}.firstUpdate`, "first update", tally.firstUpdateMs),
        ...spreadFigures(`${name}.completion`, "completion", tally.works.latencyMs),
        ...machineFigures(name, use),
      ],
    };
  });
}
