import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SERVER = "packages/server/src";
const ALARMS = "test/infra/monitoring.test.ts";
const DASHBOARD = "test/infra/dashboard.test.ts";
const METRICS = "test/flow/metrics.test.ts";
const LOGS = "test/flow/logs.test.ts";
const TRACING = "test/flow/tracing/tracing.test.ts";
const OPERATIONS = "test/flow/operations.test.ts";
const FLOW = "a complete connection flow is traced (S-198 to S-201, S-211)";
const THRESHOLDS = "$id goes off over $prod in prod and $staging in staging, for each that it is about";
const ON_DASHBOARD = "the four metrics of the requirements are on it, those of a minute by the minute (S-194 to S-197)";
const WRITTEN = "what a run of the system writes > is every metric of the table that is ours, but for those that no run shows";
const OPTION = 'With `tracing: "detailed"`; off by default for what it costs each `await` and cold start (ADR 21).';

export const monitoring: Group = {
  letter: "I",
  title: "Monitoring",
  first: 193,
  last: 213,
  requirements: [
    done(
      "S-193",
      "Metrics of a connection's life",
      [
        `${SERVER}/gateway/connect.test.ts`,
        "the metrics > count who is let in",
        "the metrics > count who is not, and tell tokens from all else",
      ],
      [`${SERVER}/gateway/disconnect.test.ts`, "a connection that ends > is measured: that it ended, and in seconds how long it was open"],
      [METRICS, WRITTEN],
    ),
    done(
      "S-194",
      "`ActiveConnections`, a gauge",
      [
        `${SERVER}/table/connectionStore.test.ts`,
        "countActive > counts who is open, of every tenant, and nobody else",
        "countActive > leaves out those that API Gateway must have ended by now",
      ],
      [METRICS, WRITTEN],
      [DASHBOARD, ON_DASHBOARD],
    ),
    done(
      "S-195",
      "`ConnectionsPerMinute`, a counter",
      [`${SERVER}/gateway/connect.test.ts`, "the metrics > count who is let in"],
      [METRICS, WRITTEN],
      [DASHBOARD, ON_DASHBOARD],
    ),
    done(
      "S-196",
      "`AuthenticationFailures`, a counter",
      [OPERATIONS, "a burst of bad tokens: the alarm, and the reasons of the refusals"],
      [`${SERVER}/router/routerMetrics.test.ts`, "authenticate counts as a failure > a good token of somebody else"],
      [DASHBOARD, ON_DASHBOARD],
    ),
    done(
      "S-197",
      "`MessagesSentPerMinute`, a counter",
      [METRICS, "what a run of the system writes > comes of each function that sends, and of each that looks at tokens"],
      [DASHBOARD, ON_DASHBOARD],
    ),
    doneAs(
      "S-198",
      "Functions are traced by X-Ray",
      "Seen on this machine as the datagrams that go to X-Ray's daemon; not on AWS.",
      ["test/infra/gateway.test.ts", "every function is traced, logs JSON into a group of its own, and runs on Node 24"],
      [TRACING, `${FLOW} > all segments have ended, and none is sent twice`],
    ),
    doneAs(
      "S-199",
      "Each call of AWS is traced",
      OPTION,
      [TRACING, `${FLOW} > every call of AWS stands under the step that made it`],
      [
        `${SERVER}/observability/tracing/powertoolsTracer.test.ts`,
        "calls of AWS > are segments that name operation, resource and status, under the step that made them",
      ],
    ),
    doneAs(
      "S-200",
      "The steps of our own code are segments",
      OPTION,
      [TRACING, `${FLOW} > steps stand within each other as they were taken`],
      [`${SERVER}/processor/traces.test.ts`, "an attempt's steps are segments, and its own says whose it is and how it ended"],
    ),
    doneAs("S-201", "Traces are annotated with user and tenant", OPTION, [
      TRACING,
      `${FLOW} > each function's own segment says who and what`,
    ]),
    done(
      "S-202",
      "A standard of the log, with correlation ids",
      [
        LOGS,
        "a full run at the level DEBUG > writes no line that is not as the schema says",
        "a full run at the level DEBUG > gives every line a correlation id",
      ],
      [`${SERVER}/observability/logFields.ts`],
    ),
    done(
      "S-203",
      "Its fields: time, level, correlation id, user, tenant, operation, duration, error",
      [
        LOGS,
        "a full run at the level DEBUG > writes no line that is not as the schema says",
        "a full run at the level DEBUG > says who it was, on every line of a user's act",
        "a full run at the level DEBUG > says how long it took, on every line that ends an operation",
      ],
      [`${SERVER}/observability/operations.ts`],
      [
        `${SERVER}/observability/logLine.test.ts`,
        "a line of the log > has a %s",
        "a line of the log > has no field that is not listed: a payload cannot slip in",
      ],
    ),
    done("S-204", "Alarm: over 1 % errors, low", [ALARMS, THRESHOLDS, "an error rate is errors of a hundred runs of that function"]),
    done(
      "S-205",
      "Alarm: over 5 % errors, high",
      [ALARMS, THRESHOLDS],
      [OPERATIONS, "stuck requests > one whose workers die is given up by the sweeper, and the runs that died are in the report"],
    ),
    done(
      "S-206",
      "Alarm: cold starts over a second",
      [ALARMS, THRESHOLDS, "cold starts are read from the platform's reports, in each function's own log"],
      [
        METRICS,
        "what a run of the system writes > has the cold starts where the metric's filter looks for them, of every kind of function",
      ],
    ),
    done("S-207", "Alarm: over 80 % of the concurrency", [ALARMS, THRESHOLDS, "concurrency is watched in percent of the account's limit"]),
    done(
      "S-208",
      "A dashboard of the metrics that matter",
      [
        DASHBOARD,
        "every metric of the table is shown once",
        "it asks an operator's questions, in their order, and each is followed by the metrics that answer it",
      ],
      [
        METRICS,
        "what a deployed stage reads > is what a run writes: every alarm and every graph on a metric of ours has a series of these dimensions",
      ],
    ),
    done(
      "S-209",
      "Log groups are part of the infrastructure",
      ["test/infra/stages.test.ts", "every log group has a retention: a week in dev, a month in staging, three in prod"],
      ["test/infra/gateway.test.ts", "every function is traced, logs JSON into a group of its own, and runs on Node 24"],
    ),
    done(
      "S-210",
      "Logs Insights queries for debugging",
      [
        "test/infra/queries.test.ts",
        "every query is stored, on a developer's stage too, in a folder of the app and the stage",
        "%s looks into the logs of %j",
      ],
      [`${SERVER}/observability/queries.test.ts`, "$name reads fields of our lines, of the platform's report or of a metric's line"],
      ["test/flow/operating/insights/insights.test.ts", "the stored query %s can be run"],
    ),
    done(
      "S-211",
      "A trace of a whole connection",
      [
        TRACING,
        `${FLOW} > the picture in packages/docs/tracing.md has the names of this run`,
        `${FLOW} > the worker is found by the correlation id of the message that asked for it, and by its trace`,
      ],
      ["packages/docs/tracing.md"],
    ),
    done(
      "S-212",
      "Progress that cannot be sent is a warning in the log",
      [`${SERVER}/connection/delivery.test.ts`, "what did not reach a watcher is in the log, without what it said"],
      [
        OPERATIONS,
        "sends that fail > again and again: the breaker opens, watchers and subscribers miss messages, and what was stored is fetched later",
      ],
    ),
    done(
      "S-213",
      "The context of a request goes with it",
      [
        LOGS,
        "one correlation id, from the client's frame to the last line > finds a request's whole way, in order, through a worker that dies and the sweeper",
        "one correlation id, from the client's frame to the last line > is in every message about the request, whichever connection it goes to",
        "one correlation id, from the client's frame to the last line > and the trace reach the work",
      ],
      [
        `${SERVER}/router/tracing.test.ts`,
        "a correlation id that the client gives > is stored with the request, and the trace too; both are in its answer, its log lines and its events",
      ],
      [TRACING, `${FLOW} > the worker is found by the trace that the client names`],
    ),
  ],
};
