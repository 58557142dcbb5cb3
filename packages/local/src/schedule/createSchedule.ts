import type { Clock, Timer } from "@streamer/protocol";
import type { Logger } from "../bus/logger.ts";

/** What EventBridge Scheduler sends to a target that has no input of its own. */
export interface ScheduledEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": "Scheduled Event";
  readonly source: "aws.scheduler";
  readonly account: string;
  /** ISO 8601, whole seconds: when it was due. */
  readonly time: string;
  readonly region: string;
  /** The schedule's ARN. */
  readonly resources: readonly [string];
  /** JSON text, not an object. */
  readonly detail: "{}";
}

export interface ScheduleConfig {
  readonly name: string;
  /** Milliseconds from one firing to the next, more than 0. The first comes after as long. AWS allows whole minutes only. */
  readonly everyMs: number;
  /** Default `000000000000`. */
  readonly account?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
}

export interface ScheduleDeps {
  readonly invoke: (event: ScheduledEvent) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: random UUIDs. */
  readonly newId?: () => string;
}

export interface Schedule {
  /** Does nothing while it runs. */
  start(): void;
  /** Fires no more, and resolves when an invocation under way has ended. */
  stop(): Promise<void>;
  /** Whether it fires: from `start()` until `stop()` is called. */
  readonly running: boolean;
}

/**
 * A rate schedule. It never runs twice at a time: a firing that finds the last one still running is left out. A failure is logged and
 * the next firing comes as usual; unlike on AWS nothing is tried again in between.
 *
 * @throws {RangeError} when `everyMs` is not more than 0.
 */
export function createSchedule(config: ScheduleConfig, deps: ScheduleDeps): Schedule {
  const { name, everyMs, account = "000000000000", region = "us-east-1" } = config;
  const { invoke, clock, logger, newId = () => crypto.randomUUID() } = deps;
  if (!(everyMs > 0)) throw new RangeError(`The schedule "${name}" must fire every 1 millisecond or more, not every ${everyMs}.`);
  let timer: Timer | undefined;
  let underWay: Promise<void> | undefined;

  function scheduledEvent(): ScheduledEvent {
    return {
      version: "0",
      id: newId(),
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account,
      time: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
      region,
      resources: [`arn:aws:scheduler:${region}:${account}:schedule/default/${name}`],
      detail: "{}",
    };
  }

  async function run(): Promise<void> {
    try {
      await invoke(scheduledEvent());
    } catch (error) {
      logger.error("A scheduled function failed.", { schedule: name, error: error instanceof Error ? error.name : typeof error });
    }
    underWay = undefined;
  }

  function fire(): void {
    timer = clock.after(everyMs, fire);
    if (underWay === undefined) underWay = run();
    else logger.warn("A schedule left out a firing: the last one still runs.", { schedule: name });
  }

  return {
    start() {
      timer ??= clock.after(everyMs, fire);
    },
    async stop() {
      timer?.cancel();
      timer = undefined;
      await underWay;
    },
    get running() {
      return timer !== undefined;
    },
  };
}
