import { ASSUMPTIONS as A } from "../costs/assumptions.ts";
import { dollars, sum, times } from "../costs/usage.ts";
import type { Usage } from "../costs/usage.ts";
import {
  EVENTS_PER_REQUEST,
  LOG_BYTES,
  MATCHES_PER_REQUEST,
  POSTS_PER_REQUEST,
  RECORDS_PER_REQUEST,
  REQUEST,
  TOPICS,
  writesTo,
} from "./demand.ts";
import type { Place } from "./demand.ts";
import { QUOTAS, REQUESTS_PER_CONCURRENCY } from "./quotas.ts";
import type { Quota } from "./quotas.ts";
import { SYSTEM } from "./system.ts";

/** Chosen, beside those of the costs: no account was at hand to measure them. */
export const PLAN_ASSUMPTIONS = {
  /** One execution of the Pipe, from the read of a batch to the answer of PutEvents. */
  pipeExecutionMs: 50,
  /** What one of the work index's shards may be filled by: ids do not spread evenly to the last (`npm run bench:work-index`). */
  shardShare: 1.05,
} as const;

/** A second: how often a Pipe looks for records. */
const READS_PER_SHARD = 4;

export type Verdict = "enough" | "raise" | "change";

/** One quota, beside what the rate needs of it. */
export interface PlanRow {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  /** Where AWS says it; none for what is ours. */
  readonly page: string | undefined;
  readonly default: number;
  readonly needed: number;
  /** Requests a second that the default carries. */
  readonly enoughTo: number;
  readonly verdict: Verdict;
  readonly note: string;
}

export interface Plan {
  readonly rate: number;
  readonly rows: readonly PlanRow[];
  readonly partitions: Readonly<Record<Place, number>>;
  readonly pipe: PipePlan;
  readonly workShards: { readonly now: number; readonly needed: number; readonly enoughTo: number };
  readonly concurrency: readonly { readonly what: string; readonly needed: number; readonly secondsToGrow: number }[];
  readonly openConnections: number;
  /** An hour of it. */
  readonly dollars: { readonly requests: number; readonly topics: number; readonly streamReads: number; readonly logs: number };
}

export interface PipePlan {
  /** Shards of the stream: as many as the table's partitions. */
  readonly shards: number;
  readonly recordsPerSecond: number;
  readonly eventsPerSecond: number;
  /** At a time, if the ten records of a batch are those that pass the filter, and if they are all that are written. */
  readonly executionsFiltered: number;
  readonly executionsUnfiltered: number;
  /** Executions at a time for one shard, as full as a partition can be, that the second needs: whatever the rate. At most 10. */
  readonly parallelization: number;
  /** Records a second that one execution at a time takes of a shard, in the second reading. */
  readonly recordsPerLane: number;
}

/**
 * What so many asynchronous requests a second take.
 *
 * @param rate a positive number. @throws {RangeError} for any other.
 */
export function planFor(rate: number): Plan {
  if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`The rate must be a positive number of requests a second, not ${rate}.`);
  const partitions = partitionsFor(rate);
  const pipe = pipePlan(rate, partitions.table);
  const perShard = (writesTo("gsi4") * PLAN_ASSUMPTIONS.shardShare) / QUOTAS.partitionWrites.default;
  const concurrency = concurrencyFor(rate);
  const hour = (eachSecond: Usage): number => dollars(times(3_600, eachSecond));
  return {
    rate,
    rows: rowsFor(rate, pipe),
    partitions,
    pipe,
    workShards: { now: SYSTEM.workShards, needed: ceiling(rate * perShard), enoughTo: Math.floor(SYSTEM.workShards / perShard) },
    concurrency,
    openConnections: Math.ceil(rate * A.workSeconds),
    dollars: {
      requests: hour(times(rate, REQUEST)),
      topics: hour(times(rate, TOPICS)),
      streamReads: hour({ streamReads: pipe.shards * READS_PER_SHARD }),
      logs: hour({ logs: (rate * LOG_BYTES) / 1_000_000_000 }),
    },
  };
}

/** A product such as 42.000000000000007 is 42. */
function ceiling(amount: number): number {
  return Math.ceil(amount - 1e-6);
}

function partitionsFor(rate: number): Readonly<Record<Place, number>> {
  const forWrites = (place: Place): number => Math.ceil((rate * writesTo(place)) / QUOTAS.partitionWrites.default);
  const forReads = Math.ceil((rate * readsOf()) / QUOTAS.partitionReads.default);
  return {
    table: Math.max(forWrites("table"), forReads),
    gsi1: forWrites("gsi1"),
    gsi2: forWrites("gsi2"),
    gsi3: forWrites("gsi3"),
    gsi4: forWrites("gsi4"),
  };
}

function readsOf(): number {
  return sum(REQUEST, TOPICS).tableReads ?? 0;
}

function pipePlan(rate: number, shards: number): PipePlan {
  const seconds = PLAN_ASSUMPTIONS.pipeExecutionMs / 1_000;
  const executions = (records: number): number => Math.ceil((rate * records * seconds) / SYSTEM.pipeBatch);
  const executionsUnfiltered = executions(RECORDS_PER_REQUEST);
  return {
    shards,
    recordsPerSecond: rate * RECORDS_PER_REQUEST,
    eventsPerSecond: rate * EVENTS_PER_REQUEST,
    executionsFiltered: executions(EVENTS_PER_REQUEST),
    executionsUnfiltered,
    parallelization: Math.ceil(((RECORDS_PER_REQUEST / writesTo("table")) * QUOTAS.partitionWrites.default * seconds) / SYSTEM.pipeBatch),
    recordsPerLane: SYSTEM.pipeBatch / seconds,
  };
}

/** Little's law: how many come in a second, times how long one takes. */
function concurrencyFor(rate: number): Plan["concurrency"] {
  const row = (what: string, needed: number) => ({
    what,
    needed: ceiling(needed),
    secondsToGrow: Math.ceil(needed / QUOTAS.scaling.default) * 10,
  });
  return [
    row(`router: ${A.routeMs} ms`, (rate * A.routeMs) / 1_000),
    row(`processors: ${A.workSeconds} s of your work`, rate * A.workSeconds),
    row(`notifier: ${A.notifierMs} ms, a run for each transition at worst`, (rate * EVENTS_PER_REQUEST * A.notifierMs) / 1_000),
  ];
}

function rowsFor(rate: number, pipe: PipePlan): readonly PlanRow[] {
  const row = (id: string, quota: Quota, perRequest: number, note: string, needed = rate * perRequest): PlanRow => ({
    id,
    what: quota.what,
    unit: quota.unit,
    page: quota.page === "" ? undefined : quota.page,
    default: quota.default,
    needed: ceiling(needed),
    enoughTo: Math.floor((quota.default * rate) / needed),
    verdict: needed <= quota.default ? "enough" : quota.adjustable === "no" ? "change" : "raise",
    note,
  });
  const perSecondOfWork = A.workSeconds;
  const routed = 2 + EVENTS_PER_REQUEST;
  return [
    row(
      "accountRequests",
      QUOTAS.accountRequests,
      1 + POSTS_PER_REQUEST,
      "One frame in, and a post for each update and the end. Fewer updates are the way.",
    ),
    row(
      "newConnections",
      QUOTAS.newConnections,
      perSecondOfWork / (A.hoursPerConnection * 3_600),
      "One request at a time for each connection, connections of an hour. All of them again, after a break, take much longer.",
    ),
    row("tableWrites", QUOTAS.tableWrites, writesTo("table"), "Heartbeats and updates are two thirds of it."),
    row("gsi4Writes", QUOTAS.indexWrites, writesTo("gsi4"), "The index of open work, the busiest of the four."),
    row("tableReads", QUOTAS.tableReads, readsOf(), "Who watches: asked at each update and at the end; and the topics of requests."),
    row(
      "warmWrites",
      QUOTAS.warmWrites,
      writesTo("table"),
      "By the setting `warmThroughput` ahead of time; without it the table doubles as load grows.",
    ),
    row("warmReads", QUOTAS.warmReads, readsOf(), "Likewise."),
    row(
      "workShard",
      QUOTAS.partitionWrites,
      writesTo("gsi4"),
      `Of the fullest of ${SYSTEM.workShards} shards of the index of open work: \`WORK_SHARDS\` must rise.`,
      (rate * writesTo("gsi4") * PLAN_ASSUMPTIONS.shardShare) / SYSTEM.workShards,
    ),
    row(
      "oneTenant",
      { ...QUOTAS.partitionWrites, what: "DynamoDB: submits of one tenant, if all come from one" },
      writesTo("gsi2"),
      "A tenant is one partition key of gsi2, ordered by time: DynamoDB cannot split it. More tenants, or a key with shards.",
    ),
    row(
      "oneTenantReads",
      { ...QUOTAS.partitionReads, what: "DynamoDB: who listens to `tenant:requests` of one tenant" },
      EVENTS_PER_REQUEST,
      "The notifier asks at each transition, at one partition key. `requestTopics: false` spares it.",
    ),
    row(
      "pipeExecutions",
      QUOTAS.pipeExecutions,
      0,
      "If a batch is ten records before the filter, which AWS does not say.",
      pipe.executionsUnfiltered,
    ),
    row("putEvents", QUOTAS.putEvents, EVENTS_PER_REQUEST, "At worst one entry a call; a tenth of it when batches are full."),
    row(
      "matches",
      QUOTAS.matches,
      MATCHES_PER_REQUEST,
      "The action's rule takes one event, the notifier's both. Beyond it events are late, not lost. `requestTopics: false` leaves one.",
    ),
    row(
      "inFlight",
      QUOTAS.inFlight,
      perSecondOfWork,
      `With one action of ${perSecondOfWork} s. Several actions share it: each has a queue.`,
    ),
    row(
      "mapping",
      QUOTAS.mapping,
      perSecondOfWork,
      `With one action of ${perSecondOfWork} s. More needs a mapping in provisioned mode in place of MaximumConcurrency, or several actions.`,
    ),
    row("workers", SYSTEM.workers, A.workSeconds, "Ours, of each action: `concurrency` in `defineAction`, at most 1,000."),
    row(
      "notifier",
      SYSTEM.notifiers,
      (EVENTS_PER_REQUEST * A.notifierMs) / 1_000,
      "Ours, in the wiring. At worst a run for each event; up to ten share one. Late news, no lost requests.",
    ),
    row(
      "concurrency",
      QUOTAS.concurrency,
      perSecondOfWork + (A.routeMs + EVENTS_PER_REQUEST * A.notifierMs) / 1_000,
      "All three below together.",
    ),
    row(
      "lambdaRequests",
      { ...QUOTAS.concurrency, what: "Lambda: the same, for requests a second" },
      routed / REQUESTS_PER_CONCURRENCY,
      `Each function that may run at a time stands for ${REQUESTS_PER_CONCURRENCY} requests a second.`,
    ),
    row("stageThrottle", SYSTEM.stageThrottle, 1, "Ours, of a production stage: `throttle` in stacks/src/stages.ts."),
  ];
}
