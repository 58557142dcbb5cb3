import type { ScheduleWiring } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { createFunction } from "./functions.ts";
import type { FunctionNeeds, StreamerFunction } from "./functions.ts";
import { componentName } from "./names.ts";
import { createQueue } from "./queue.ts";

export interface ScheduleStack {
  /** Of the wiring. */
  readonly name: string;
  readonly function: StreamerFunction;
  readonly deadLetters: sst.aws.Queue;
}

const MINUTE_MS = 60_000;

/** What a schedule's function is given beside its log. */
export type ScheduleNeeds = Pick<FunctionNeeds, "permissions" | "link">;

/** A function that runs every so many minutes. What it may do beyond its needs, `options.functions` says. */
export function createSchedule(context: StackContext, wiring: ScheduleWiring, needs: ScheduleNeeds): ScheduleStack {
  const { sst } = context.platform;
  const deadLetters = createQueue(context, `${wiring.name}_schedule_dead_letters`);
  const fn = createFunction(context, wiring.function, {
    description: `Runs ${every(wiring.everyMs)}`,
    ...needs,
    environment: {},
  });
  new sst.aws.CronV2(componentName(wiring.name, "Schedule"), {
    function: fn.function.arn,
    schedule: every(wiring.everyMs),
    // A run that could not be started is followed by the next; what is left of it shows that something is wrong.
    retries: 2,
    dlq: deadLetters.arn,
  });
  return { name: wiring.name, function: fn, deadLetters };
}

/** `rate(1 minute)`, `rate(5 minutes)`: Scheduler wants the right number. */
function every(everyMs: number): `rate(${string})` {
  const minutes = everyMs / MINUTE_MS;
  return `rate(${minutes} ${minutes === 1 ? "minute" : "minutes"})`;
}
