import { ASSUMPTIONS as A } from "./assumptions.ts";
import { consistentRead, dollars, eventualRead, message, run, sum, times, write } from "./usage.ts";
import type { Usage } from "./usage.ts";

/** One row of the call budget, with what it takes. */
export interface Step {
  readonly step: string;
  readonly usage: Usage;
}

const frame = message(A.frameBytes);
const route = run(A.routeMemoryMb, A.routeMs, A.sampledTraces);

/** A frame comes in: the router runs, counts it on the connection, and answers by the route response. */
const messageIn: Step = { step: "message in, and its answer", usage: sum(times(2, frame), route, write(A.connectionItemBytes)) };

/** Four indexes: by user, by tenant, by connection, open work. */
const submit: Step = { step: "submit: one put", usage: write(A.requestItemBytes, 4) };

/** Two transitions pass the filter: pending, and the end. Both go to the bus; the first becomes a message of the queue. */
const dispatch: Step = {
  step: "pipe, bus, queue (send, receive, delete)",
  usage: { pipes: 2, events: 2, queue: 3 },
};

/** Its Lambda's time is the handler's and not in this table; its own request and trace are. */
const start: Step = { step: "processor started", usage: { invocations: 1, traces: A.sampledTraces } };

/** `due_at` changes, which is the sort key of the open work. */
const claim: Step = { step: "claim: one update", usage: write(A.requestItemBytes, 2) };

const heartbeats: Step = {
  step: `heartbeats of ${A.workSeconds} s`,
  usage: times(Math.floor(A.workSeconds / A.heartbeatEverySeconds), write(A.requestItemBytes)),
};

/** The query finds no subscription: the submitter's connection stands on the request. */
const flush: Step = {
  step: `${A.updates} updates: put, query, post`,
  usage: times(A.updates, sum(write(A.updateItemBytes), consistentRead(0), frame)),
};

/** The request leaves the open work. */
const settle: Step = { step: "settle: update, query, post", usage: sum(write(A.requestItemBytes, 1), consistentRead(0), frame) };

/** What was posted to the submitter's connection, on its record: once an attempt (ADR 15). */
const countPosts: Step = { step: "end of the attempt: count of posts", usage: write(A.connectionItemBytes) };

/** Three indexes: by user, by tenant, and the one that open connections are counted by. */
const connect: Step = {
  step: "connect: one put",
  usage: sum(frame, run(A.routeMemoryMb, A.connectMs, A.sampledTraces), write(A.connectionItemBytes, 3)),
};
const disconnect: Step = {
  step: "disconnect: delete, query",
  usage: sum(frame, route, write(A.connectionItemBytes, 3), eventualRead(0)),
};

/** Put when it begins, updated with its result; an update bills the larger of both. */
const step: Step = { step: "put, and update with the result", usage: times(2, write(A.stepItemBytes)) };

/** Each transition on its own: the notifier takes up to ten at a time, when they come together. */
const TRANSITIONS = 2;

/** The events are on the bus in any case, and a rule that picks them costs nothing. Send, receive, delete. */
const tellQueue: Step = { step: `${TRANSITIONS} transitions: the notifier's queue`, usage: times(TRANSITIONS, { queue: 3 }) };
const tellRun: Step = {
  step: "notifier, one run each",
  usage: times(TRANSITIONS, run(A.notifierMemoryMb, A.notifierMs, A.sampledTraces)),
};

/** Who hears the user's own requests, and who the tenant's; one subscriber in the first, nobody in the second. */
const tellSubscribers: Step = {
  step: "two queries each",
  usage: times(TRANSITIONS, sum(consistentRead(A.topicSubscriptionItemBytes), consistentRead(0))),
};
const tellPost: Step = { step: "post to one subscriber", usage: times(TRANSITIONS, frame) };

const publish: Step = { step: "publish: bus, the notifier's queue", usage: { events: 1, queue: 3 } };
const publishRun: Step = { step: "notifier, one run", usage: run(A.notifierMemoryMb, A.notifierBroadcastMs, A.sampledTraces) };
const publishSubscribers: Step = { step: "query", usage: consistentRead(A.topicSubscribers * A.topicSubscriptionItemBytes) };
const publishPosts: Step = { step: `post to ${A.topicSubscribers} subscribers`, usage: times(A.topicSubscribers, frame) };

export interface Scenario {
  readonly title: string;
  /** How many of it the total is for. */
  readonly count: number;
  readonly steps: readonly Step[];
  /** What is not in the total, in bytes of one: see the columns beside it. */
  readonly logBytes: number;
  readonly storedBytes: number;
  /** The most it may cost, in dollars for `count`. */
  readonly goalDollars?: number;
}

/** For each of 1,000 requests; for one hour of a connection. */
export const SCENARIOS: readonly Scenario[] = [
  {
    title: `1,000 asynchronous requests with ${A.updates} updates each`,
    count: 1_000,
    steps: [messageIn, submit, dispatch, start, claim, heartbeats, flush, settle, countPosts],
    logBytes: A.logBytesPerRun + A.logBytesPerWorkerRun + A.accessLogBytes,
    storedBytes: A.requestItemBytes + A.updates * A.updateItemBytes,
    goalDollars: 0.04,
  },
  {
    title: "1,000 synchronous requests",
    count: 1_000,
    steps: [messageIn],
    logBytes: A.logBytesPerRun + A.accessLogBytes,
    storedBytes: 0,
  },
  {
    title: "1,000 steps by `once`",
    count: 1_000,
    steps: [step],
    logBytes: 0,
    storedBytes: A.stepItemBytes,
  },
  {
    title: "topics of requests: what they add to 1,000 asynchronous requests",
    count: 1_000,
    steps: [tellQueue, tellRun, tellSubscribers, tellPost],
    logBytes: TRANSITIONS * A.logBytesPerRun,
    storedBytes: 0,
  },
  {
    title: `1,000 events to a topic with ${A.topicSubscribers} subscribers`,
    count: 1_000,
    steps: [publish, publishRun, publishSubscribers, publishPosts],
    logBytes: A.logBytesPerRun,
    storedBytes: 0,
  },
  {
    title: "1 connection-hour (S-279)",
    count: 1,
    steps: [
      { step: "60 connection minutes", usage: { connectionMinutes: 60 } },
      { step: connect.step, usage: times(1 / A.hoursPerConnection, connect.usage) },
      { step: disconnect.step, usage: times(1 / A.hoursPerConnection, disconnect.usage) },
      { step: `${A.pingsPerHour} pings`, usage: times(A.pingsPerHour, messageIn.usage) },
    ],
    logBytes: (2 / A.hoursPerConnection + A.pingsPerHour) * (A.logBytesPerRun + A.accessLogBytes),
    storedBytes: 0,
    goalDollars: 0.001,
  },
];

export interface MonthlyLine {
  readonly what: string;
  readonly usage: Usage;
  readonly note: string;
}

const SECONDS_PER_MONTH = A.daysPerMonth * 24 * 60 * 60;
const MINUTES_PER_MONTH = SECONDS_PER_MONTH / 60;

const MONITORING = { alarms: A.alarmedMetrics, customMetrics: A.ownMetrics };
const FURTHER = dollars({ alarms: A.alarmedMetricsPerAction, customMetrics: A.ownMetricsPerAction }).toFixed(2);

/** What is paid without a single request. */
export const MONTHLY: readonly MonthlyLine[] = [
  {
    what: "idle polling, each queue: one for an asynchronous action, one for the notifier",
    // Five pollers, each with one long poll of 20 seconds after the other.
    usage: { queue: (5 * SECONDS_PER_MONTH) / 20 },
    note: "Lambda's five pollers ask its queue by long polls of 20 seconds.",
  },
  {
    what: "the Pipe's reading of the stream, each shard",
    usage: { streamReads: 4 * SECONDS_PER_MONTH },
    note: "Four reads a second. AWS says that Lambda's are free and does not say it of Pipes: counted in full.",
  },
  {
    what: "the sweeper: each minute a run, ten queries for open work and ten that count connections",
    usage: times(MINUTES_PER_MONTH, sum(run(A.routeMemoryMb, A.sweepMs, A.sampledTraces), times(20, eventualRead(0)))),
    note: "With nothing due, and few connections.",
  },
  {
    what: "counting each 1,000 open connections, each minute",
    usage: times(MINUTES_PER_MONTH, eventualRead(1_000 * A.countedEntryBytes)),
    note: "The keys of the index, and nothing behind them.",
  },
  {
    what: "each alarm (staging, prod)",
    usage: { alarms: 1 },
    note: "A developer's stage has none. One on a rate looks at two metrics, and is billed for both.",
  },
  {
    what: "each metric of our own, of each function that writes it",
    usage: { customMetrics: 1 },
    note: "By the hour with data: what never happens, such as a failed send, costs nothing. A developer's stage has them too.",
  },
  { what: "the alarm topic's key (staging, prod)", usage: { keys: 1 }, note: "With AWS's own key CloudWatch cannot send." },
  {
    what: "the dashboard (staging, prod)",
    usage: { dashboards: 1 },
    note: "An account's three free ones have up to 50 metrics each; this one has more.",
  },
  { what: "the alarm over those of high severity (staging, prod)", usage: { compositeAlarms: 1 }, note: "One state for all of them." },
  {
    what: "all of these five, for an app with one asynchronous action (staging, prod)",
    usage: { ...MONITORING, keys: 1, dashboards: 1, compositeAlarms: 1 },
    note: `${MONITORING.alarms} metrics with alarms, ${MONITORING.customMetrics} metrics of our own if each had data in every hour. Each further asynchronous action adds $${FURTHER}.`,
  },
  {
    what: "a query that reads 10 GB of logs, each time",
    usage: { logsRead: 10 },
    note: "Stored queries cost nothing until they are run: choose a short time.",
  },
];
