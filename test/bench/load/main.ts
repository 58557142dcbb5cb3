import { parseArgs } from "node:util";
import type { Measurement } from "../suite/measurement.ts";
import { MEMORY_PACE, PACE } from "./benchmark.ts";
import { renderLoad, writeLoad } from "./page.ts";
import { loadConnections } from "./scenarios/connections.ts";
import { loadMemory, WARM_UP_REQUESTS } from "./scenarios/memory.ts";
import { loadQueue } from "./scenarios/queue.ts";
import { isSound } from "./scenarios/verdict.ts";

/** `npm run bench:load -- [connections | queue | memory …] [options]`: see the usage below. Exits with 1 when something was lost or doubled. */
const SCENARIOS = ["connections", "queue", "memory"] as const;
type Scenario = (typeof SCENARIOS)[number];

const USAGE = `npm run bench:load -- [scenario …] [options]

  connections   many connections at a time, each with synchronous and asynchronous work
  queue         a queue is filled, then drained
  memory        steady work, and whether memory stays where it is
  Without a name all three run: some twenty minutes.

  --connections 1000   how many, of "connections"
  --seconds 60         how long they work
  --echo-every ${PACE.echoEverySeconds}      seconds between the echoes of a connection; of "memory" ${MEMORY_PACE.echoEverySeconds}
  --work-every ${PACE.workEverySeconds}      seconds between its asynchronous requests; of "memory" ${MEMORY_PACE.workEverySeconds}
  --queued 10000       requests of "queue"
  --minutes 10         of "memory"
  --warm-up ${WARM_UP_REQUESTS}       requests before it is measured
  --json               the figures as JSON
  --write              into packages/docs/load.md and its figures: the scenarios that ran, the others stay
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: "string", default: "1000" },
    seconds: { type: "string", default: "60" },
    "echo-every": { type: "string" },
    "work-every": { type: "string" },
    queued: { type: "string", default: "10000" },
    minutes: { type: "string", default: "10" },
    "warm-up": { type: "string", default: String(WARM_UP_REQUESTS) },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** Everything is bounded: what a laptop carries in an hour, and no more. */
function within(
  name: "connections" | "seconds" | "echo-every" | "work-every" | "queued" | "minutes" | "warm-up",
  least: number,
  most: number,
): number {
  const value = Number(values[name]);
  if (!(value >= least && value <= most)) throw new RangeError(`--${name} takes ${least} to ${most}, not "${values[name]}".`);
  return value;
}

/** What was asked for, else the scenario's own. */
function paceOf(own: { readonly echoEverySeconds: number; readonly workEverySeconds: number }): typeof own {
  return {
    echoEverySeconds: values["echo-every"] === undefined ? own.echoEverySeconds : within("echo-every", 0.1, 3_600),
    workEverySeconds: values["work-every"] === undefined ? own.workEverySeconds : within("work-every", 0.1, 3_600),
  };
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const runs: Readonly<Record<Scenario, () => Promise<Measurement>>> = {
  connections: () =>
    loadConnections({
      connections: within("connections", 2, 5_000),
      seconds: within("seconds", 1, 3_600),
      ...paceOf(PACE),
      say,
    }),
  queue: () => loadQueue({ queued: within("queued", 2, 100_000), say }),
  memory: () => loadMemory({ minutes: within("minutes", 0.1, 60), warmUp: within("warm-up", 0, 100_000), ...paceOf(MEMORY_PACE), say }),
};

function scenarios(): readonly Scenario[] {
  if (positionals.length === 0) return SCENARIOS;
  return positionals.map((name) => {
    const known = SCENARIOS.find((scenario) => scenario === name);
    if (known === undefined) throw new RangeError(`There is no scenario "${name}". There are: ${SCENARIOS.join(", ")}.`);
    return known;
  });
}

if (values.help) process.stdout.write(USAGE);
else {
  const measurements: Measurement[] = [];
  for (const scenario of scenarios()) {
    say(`== ${scenario}`);
    measurements.push(await runs[scenario]());
  }
  process.stdout.write(values.json ? `${JSON.stringify(measurements, undefined, 2)}\n` : `${renderLoad(measurements)}\n`);
  if (values.write) for (const path of await writeLoad(measurements)) say(`Written: ${path}`);
  if (!measurements.every(({ figures }) => isSound(figures))) {
    say("Something was lost, doubled or not answered: see the rows whose goal is 0.");
    process.exitCode = 1;
  }
}
