import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SERVER = "packages/server/src";
const MANAGER = `${SERVER}/connection/connectionManager.test.ts`;
const HEALTH = `${SERVER}/connection/health.test.ts`;
const BACK_PRESSURE = `${SERVER}/connection/backPressure.test.ts`;
const METRICS = `${SERVER}/sendMetrics.test.ts`;
const GUIDE = "packages/docs/connection-manager.md";

export const connectionManager: Group = {
  letter: "B",
  title: "Connection manager",
  first: 22,
  last: 61,
  requirements: [
    done("S-022", "Send to one connection", [MANAGER, "send > posts the message, once"]),
    done("S-023", "Broadcast to many", [MANAGER, "broadcast > gives each connection its own result, whatever becomes of the others"]),
    done("S-024", "Is a connection active?", [
      MANAGER,
      "isActive > is true for an open connection",
      "isActive > is false for one that is gone, whose record is removed",
    ]),
    done("S-025", "Messages go by API Gateway's management API", [
      `${SERVER}/connection/managementApi.test.ts`,
      "each call is the one of @connections, under the stage's path, for an id with characters of base64",
    ]),
    doneAs(
      "S-026",
      "The connection is known to exist before something is sent",
      "Without a read for each send: who was gone once is known to be, and a 410 removes the record.",
      [HEALTH, "a connection > that was gone once is known to be, without a call or a read"],
      [`${SERVER}/connection/delivery.test.ts`, "a connection that is gone is not sent to again; the others are"],
    ),
    done("S-027", "Messages are encoded as JSON before they are sent", [
      MANAGER,
      "send > posts the message, once",
      "broadcast > encodes the message once for all",
    ]),
    done("S-028", "A 410 removes the connection's record", [
      MANAGER,
      "send > a 410 is not tried again, and removes the connection's record",
    ]),
    done(
      "S-029",
      "Failing connections do no harm",
      [
        MANAGER,
        "send > a gone connection whose record cannot be removed is still gone, and the log knows",
        "send > gives up after three retries and says what happened",
      ],
      [
        `${SERVER}/connection/thousandOperations.test.ts`,
        "a thousand operations at a time against an endpoint that fails at random: each has its result, nothing hangs, and it closes clean (seed ${seed})",
      ],
    ),
    done("S-030", "Transient errors are tried again three times, with growing delays", [
      MANAGER,
      "send > tries again after a %i, and is sent when that works",
      "send > gives up after three retries and says what happened",
    ]),
    doneAs(
      "S-031",
      "The first delay is 100 ms",
      "The default stands in the code; the tests set shorter ones to be fast.",
      [`${SERVER}/connection/backoff.ts`],
      [MANAGER, "the delays between retries > double each time; by chance they are at the most %s"],
    ),
    doneAs(
      "S-032",
      "The longest delay is 5 seconds",
      "The default stands in the code; the tests set shorter ones to be fast.",
      [`${SERVER}/connection/backoff.ts`],
      [MANAGER, "the delays between retries > grow no further than the longest, give or take the jitter"],
    ),
    done("S-033", "Delays have a jitter of a quarter", [
      MANAGER,
      "the delays between retries > double each time; by chance they are at the most %s",
    ]),
    done(
      "S-034",
      "Operations are logged with their correlation id",
      [`${SERVER}/processor/sending.test.ts`, "what the sends of an attempt did is in the log under the request's correlation id"],
      [
        "test/flow/logs.test.ts",
        "one correlation id, from the client's frame to the last line > finds what was sent of it, and who of its topics was told",
        "a full run at the level DEBUG > gives every line a correlation id",
      ],
    ),
    done(
      "S-035",
      "Errors for connections that are unknown and stale are exported",
      [MANAGER, "send > a 410 is not tried again, and removes the connection's record"],
      [HEALTH, "a connection > that was gone once is known to be, without a call or a read"],
      [`${SERVER}/connection/errors.ts`],
    ),
    done("S-036", "The backoff is a module of its own", [`${SERVER}/connection/backoff.ts`]),
    done("S-037", "The client's pool has at most 100 connections", [
      `${SERVER}/connection/managementApi.test.ts`,
      "the pool of sockets > opens no more than a hundred, and keeps them for the next calls",
    ]),
    done(
      "S-038",
      "A broadcast goes in groups of 25",
      [MANAGER, "broadcast > posts no more than so many at a time"],
      [`${SERVER}/notifier/manySubscribers.test.ts`, "of 1,000 subscribers each is told once, 25 at a time"],
    ),
    doneAs(
      "S-039",
      "A broadcast has 10 workers",
      "25, as measured: with 10, 100 sends of 5 ms do not fit into 50 ms (S-273).",
      [`${SERVER}/connection/inWorkers.ts`],
      [GUIDE],
    ),
    done(
      "S-040",
      "Jobs go to the workers from a queue",
      [MANAGER, "broadcast > posts no more than so many at a time"],
      [`${SERVER}/connection/inWorkers.ts`],
    ),
    done(
      "S-041",
      "A broadcast collects errors and stops for none",
      [MANAGER, "broadcast > gives each connection its own result, whatever becomes of the others"],
      [BACK_PRESSURE, "a 429 > to one of a broadcast holds back no other"],
    ),
    done("S-042", "A circuit breaker", [
      HEALTH,
      "the breaker > opens when more than half of the last 20 calls failed, and nothing is called then",
      "the breaker > lets one call through after its cool-down, and closes when that succeeds",
    ]),
    done("S-043", "A connection is unhealthy after three failures", [
      HEALTH,
      "a connection > is unhealthy after three failed sends in a row: broadcasts skip it, others are sent",
    ]),
    done("S-044", "A broadcast skips unhealthy connections", [
      HEALTH,
      "a connection > is unhealthy after three failed sends in a row: broadcasts skip it, others are sent",
    ]),
    doneAs(
      "S-045",
      "Unhealthy connections are probed and recover",
      "By one of the sends that come after a cool-down, not by a timer of its own: a function has none between its runs.",
      [
        HEALTH,
        "a connection > is tried again after a cool-down, by one send; while that is under way it is skipped",
        "a connection > whose probe fails stays unhealthy for another cool-down",
      ],
    ),
    done("S-046", "Metrics of latency and errors", [
      METRICS,
      "an invocation's numbers are one line of the log, of the namespace and dimension that the dashboard shows",
    ]),
    doneAs("S-047", "A histogram of send latencies", "Each value is in the metric line; CloudWatch gives the percentiles of them.", [
      METRICS,
      "an invocation's numbers are one line of the log, of the namespace and dimension that the dashboard shows",
      "more values than a line may hold are several lines, and none is lost",
    ]),
    done("S-048", "A metric of broadcast throughput", [METRICS, "a broadcast's throughput is its connections in a second of it"]),
    done("S-049", "Metrics of errors by type", [
      METRICS,
      "a send that ends with %i counts as %s, and as nothing else",
      "a skipped connection counts as skipped, without a latency",
    ]),
    done("S-050", "A metric of the breaker's state", [METRICS, "the breaker's changes are told as numbers"]),
    done("S-051", "Graceful shutdown", [
      BACK_PRESSURE,
      "close > waits for what is under way, broadcasts to their last connection, and then gives up the sockets",
      "close > aborts what does not end in its time, and says how much that was",
    ]),
    done("S-052", "Examples of use", [GUIDE]),
    done("S-053", "A double of the manager for tests, apart from production code", [
      `${SERVER}/testing/testConnectionManager.test.ts`,
      "records what was sent, to whom, in order",
      "a connection that is told to be gone is gone for sends, broadcasts and questions",
    ]),
    done("S-054", "How fast it is, documented", [GUIDE], ["test/bench/broadcast/measure.ts"]),
    done(
      "S-055",
      "The manager can be used by itself",
      [`${SERVER}/index.ts`],
      ["test/flow/connectionLifecycle.test.ts", "a connection is recorded, can be sent to, and is gone after it closed (S-288)"],
    ),
    done(
      "S-056",
      "Manager, client, errors and tests are apart",
      [`${SERVER}/connection/connectionManager.ts`],
      [`${SERVER}/connection/managementApi.ts`],
      [`${SERVER}/connection/errors.ts`],
    ),
    done("S-057", "Helpers for integration tests", [`${SERVER}/testing/connectionsEndpoint.ts`], [GUIDE]),
    done(
      "S-058",
      "A connection's activity is kept",
      [
        `${SERVER}/router/createRouter.test.ts`,
        "a frame > counts, also when it cannot be read, and tells when the connection was last heard of",
      ],
      [
        "test/flow/connections.test.ts",
        "the counts of a connection > are every frame it sent and got: answers, an acknowledgment, progress, the end (S-058, S-079…S-082)",
      ],
      ["test/flow/revocation.test.ts", "streamer connections > show tells all of one connection, and its activity as it goes on (S-058)"],
    ),
    done(
      "S-059",
      "A heartbeat",
      [`${SERVER}/router/createRouter.test.ts`, "a frame > ping is answered by pong"],
      [
        "packages/client/src/connection/connection.test.ts",
        "keeping alive > five minutes without a frame from the server are ended by a ping",
        "keeping alive > a ping that is not answered within 30 s means a new connection",
      ],
    ),
    done(
      "S-060",
      "Tenants are apart by design",
      [
        `${SERVER}/table/keys.test.ts`,
        "%s > two different pairs of ids never share a key, whatever characters they hold",
        "a tenant's lists never share a key with another's",
      ],
      [
        "test/security/tenants.test.ts",
        "%s > learns by %s no more of another's request than of one that does not exist, and changes nothing",
      ],
    ),
    done("S-061", "Connections are listed by user, tenant and status", [
      "packages/local/src/cli/connections/connectionAdmin.test.ts",
      "list > is of a user of a tenant, of a tenant, newest first, or of everyone",
      "list > asks API Gateway of nothing, unless a status is asked for; then it gives those that have it",
    ]),
  ],
};
