import { setTimeout as sleep } from "node:timers/promises";
import type { Figure, Measurement } from "../../suite/measurement.ts";
import { slopeOf } from "../figures/statistics.ts";
import type { Point } from "../figures/statistics.ts";
import type { StackUse } from "../processes/stackMethods.ts";
import { SILENCE_MS, UNHEARD_AT_A_TIME } from "./options.ts";
import type { LoadOptions } from "./options.ts";
import { countFigures, machineFigures, toTwo } from "./verdict.ts";
import { share, withWorld } from "./world.ts";

export interface MemoryOptions extends LoadOptions {
  readonly minutes: number;
  /** Requests that are done before anything is measured. */
  readonly warmUp: number;
  /** Of each connection. */
  readonly echoEverySeconds: number;
  readonly workEverySeconds: number;
}

const CONNECTIONS = 100;
const SAMPLES = 60;

/** The local stack remembers the last 5,000 requests for its console: until so many have been, its memory must grow. */
export const WARM_UP_REQUESTS = 5_500;

/** What the second half may grow by in a minute and still be called flat: of the heap a quarter of a KB for each request. */
export const FLAT_KB_PER_MINUTE = { heap: 300, rss: 1_024 } as const;

/** Steady work for some minutes, and whether the stack's memory stays where it is. */
export function loadMemory({ minutes, warmUp, echoEverySeconds, workEverySeconds, say }: MemoryOptions): Promise<Measurement> {
  const name = "load-memory";
  return withWorld({ connections: CONNECTIONS }, async (world) => {
    const atATime = Math.ceil(UNHEARD_AT_A_TIME / world.clients.length);
    await Promise.all(
      world.clients.map((client, index) => client.call("fill", { works: share(warmUp, world.clients.length, index), echoes: 0, atATime })),
    );
    await Promise.all(world.clients.map((client) => client.call("drain", { silenceMs: SILENCE_MS })));
    say(`${warmUp} requests done to warm up; now it is measured`);
    const stopMeter = await world.meter();
    const forMs = minutes * 60_000;
    const plan = { forMs, echoEveryMs: echoEverySeconds * 1_000, workEveryMs: workEverySeconds * 1_000, atATime };
    const samples: { readonly minute: number; readonly use: StackUse }[] = [];
    const startedAt = performance.now();
    const sampled = new AbortController();
    const sampling = (async () => {
      for (let next = 0; next < SAMPLES && !sampled.signal.aborted; next += 1) {
        await sleep(Math.max(0, startedAt + ((next + 1) * forMs) / SAMPLES - performance.now()), undefined, { signal: sampled.signal });
        const use = await world.stack.call("use", { afterCollecting: true });
        samples.push({ minute: (performance.now() - startedAt) / 60_000, use });
        say(`minute ${toTwo(samples.at(-1)?.minute ?? 0)}: RSS ${Math.round(use.rssKb)} KB, heap ${Math.round(use.heapKb)} KB`);
      }
    })();
    try {
      await Promise.all([sampling, ...world.clients.map((client) => client.call("pace", plan))]);
    } finally {
      sampled.abort();
      await sampling.catch(() => undefined);
    }
    const use = await stopMeter();
    await Promise.all(world.clients.map((client) => client.call("drain", { silenceMs: SILENCE_MS })));
    const outcome = await world.finish();
    const slopes = slopesOf(samples.map(({ minute, use: { rssKb, heapKb, engineRssKb } }) => ({ minute, rssKb, heapKb, engineRssKb })));
    return {
      benchmark: name,
      how:
        `${CONNECTIONS} connections, each with an echo every ${echoEverySeconds} s and an asynchronous request every ${workEverySeconds} s, for ${minutes} minutes, after ${warmUp} requests to warm up. The stack's ` +
        `process was measured ${SAMPLES} times, each after a forced garbage collection of its main thread; slopes are by least squares. ` +
        verdictOn(slopes),
      figures: [...halves(name, slopes), ...sizeFigures(name, samples), ...countFigures(name, outcome), ...machineFigures(name, use)],
    };
  });
}

export interface Sample {
  readonly minute: number;
  readonly rssKb: number;
  readonly heapKb: number;
  readonly engineRssKb: number;
}

type Sized = "rssKb" | "heapKb" | "engineRssKb";

/** KB a minute, of each half. */
export interface Slopes {
  readonly first: Readonly<Record<Sized, number>>;
  readonly second: Readonly<Record<Sized, number>>;
}

export function slopesOf(samples: readonly Sample[]): Slopes {
  const middle = Math.floor(samples.length / 2);
  const of = (half: readonly Sample[]) => {
    const points = (pick: Sized): Point[] => half.map((sample) => ({ x: sample.minute, y: sample[pick] }));
    return { rssKb: slopeOf(points("rssKb")), heapKb: slopeOf(points("heapKb")), engineRssKb: slopeOf(points("engineRssKb")) };
  };
  return { first: of(samples.slice(0, middle)), second: of(samples.slice(middle)) };
}

/** "Flat" is said only when both of the second half are under their bounds. */
export function verdictOn({ second }: Slopes): string {
  const { heap, rss } = FLAT_KB_PER_MINUTE;
  const flat = second.heapKb <= heap && second.rssKb <= rss;
  const grew = `in the second half the heap changed by ${Math.round(second.heapKb)} KB a minute and the RSS by ${Math.round(second.rssKb)}`;
  const bounds = `the bounds are ${heap} and ${rss}`;
  return flat ? `Memory was flat: ${grew}; ${bounds}.` : `Memory was NOT flat: ${grew}; ${bounds}.`;
}

function halves(name: string, { first, second }: Slopes): readonly Figure[] {
  const figure = (id: string, what: string, ours: number, atMost?: number): Figure => ({
    id: `${name}.${id}`,
    what: `${what}, KB a minute`,
    unit: "KB",
    ours: Math.round(ours),
    ...(atMost === undefined ? {} : { goal: { atMost } }),
  });
  return [
    figure("heap.first", "slope of the heap, first half", first.heapKb),
    figure("heap.second", "slope of the heap, second half", second.heapKb, FLAT_KB_PER_MINUTE.heap),
    figure("rss.first", "slope of the RSS, first half", first.rssKb),
    figure("rss.second", "slope of the RSS, second half", second.rssKb, FLAT_KB_PER_MINUTE.rss),
    figure("engine.second", "slope of the engine's RSS, second half", second.engineRssKb),
  ];
}

function sizeFigures(name: string, samples: readonly { readonly use: StackUse }[]): readonly Figure[] {
  const at = (index: number): StackUse | undefined => samples.at(index)?.use;
  const size = (id: string, what: string, ours: number | undefined): Figure => ({
    id: `${name}.${id}`,
    what,
    unit: "KB",
    ours: Math.round(ours ?? 0),
  });
  return [
    size("heap.start", "heap at the first sample", at(0)?.heapKb),
    size("heap.end", "heap at the last", at(-1)?.heapKb),
    size("rss.start", "RSS at the first sample", at(0)?.rssKb),
    size("rss.end", "RSS at the last", at(-1)?.rssKb),
    size("engine.end", "RSS of the engine at the last", at(-1)?.engineRssKb),
  ];
}
