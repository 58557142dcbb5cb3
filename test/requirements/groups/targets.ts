import { done, doneAs, inPart, notApplicable, open } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const NO_BENCHMARK = "Not measured yet: it belongs to the benchmarks.";

export const targets: Group = {
  letter: "N",
  title: "Performance and business targets",
  first: 262,
  last: 283,
  requirements: [
    inPart(
      "S-262",
      "Our own part of a cold start is under 100 ms",
      "The platform's own part is above that. Ours, over an empty handler, is under it on a quiet machine and at its edge on a busy one; on Lambda it was not measured.",
      ["packages/docs/discoveries/cold-starts.md"],
      ["test/bench/bundle/bundle.test.ts", "the report sets each function beside the baselines"],
    ),
    open("S-263", "A message takes less than 50 ms at the 99th percentile", NO_BENCHMARK),
    open("S-264", "Router and message processing take less than 50 ms", NO_BENCHMARK),
    open("S-265", "An echo takes less than 50 ms", NO_BENCHMARK),
    open("S-266", "An acknowledgment comes within 100 ms", NO_BENCHMARK),
    open("S-267", "The first progress comes within a second", NO_BENCHMARK),
    done(
      "S-268",
      "Work ends within the time that is expected; tests wait 30 s",
      ["packages/client/src/testing/testClient.test.ts", "a test client > waits 30 seconds and no longer"],
      [
        "test/flow/endToEnd.test.ts",
        "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects",
      ],
    ),
    open("S-269", "10,000 asynchronous requests a second", NO_BENCHMARK),
    open("S-270", "10,000 messages a second", `${NO_BENCHMARK} It is also the account's limit of API Gateway, which must be raised.`),
    open("S-271", "An update arrives within 100 ms", NO_BENCHMARK),
    open("S-272", "A send takes less than 10 ms at the 99th percentile", NO_BENCHMARK),
    doneAs(
      "S-273",
      "A broadcast to 100 connections takes less than 50 ms",
      "43 ms in the median (worst 62) when a post takes 5 ms, to an endpoint on the same machine. The test only holds that posts overlap: nothing is asserted by time.",
      ["packages/docs/connection-manager.md"],
      [
        "test/bench/broadcast/broadcast.test.ts",
        "the posts of a broadcast overlap: 100 of 5 ms each take far less than one after the other",
      ],
    ),
    done("S-274", "1,000 operations at a time", [
      "packages/server/src/connection/thousandOperations.test.ts",
      "a thousand operations at a time against an endpoint that fails at random: each has its result, nothing hangs, and it closes clean (seed ${seed})",
    ]),
    inPart("S-275", "A load test with 1,000 connections", "The local gateway carries them; a load of work over them is not measured yet.", [
      "packages/local/src/gateway/gateway.test.ts",
      "a gateway under load > carries a thousand connections and finds each by its id",
    ]),
    open("S-276", "The throughput of asynchronous requests is measured", NO_BENCHMARK),
    done(
      "S-277",
      "Cold starts are profiled",
      ["packages/docs/discoveries/cold-starts.md"],
      [
        "test/bench/bundle/bundle.test.ts",
        "a start > is as long as the module takes to load",
        "the report sets each function beside the baselines",
      ],
    ),
    open("S-278", "99.9 % of connections succeed", "Only a deployed stage with users can show it, and nothing has run on AWS."),
    doneAs(
      "S-279",
      "A connection-hour costs less than $0.001",
      "$0.00006 by list prices; arithmetic, not a bill.",
      ["packages/docs/costs/costs.test.ts", "what it costs > every goal is met"],
      ["packages/docs/costs.md"],
    ),
    inPart(
      "S-280",
      "The first request within five minutes",
      "Two commands, which CI runs on a fresh machine; no test follows the guide with a clock.",
      ["README.md"],
      [".ci/run"],
    ),
    notApplicable("S-281", "Over 80 % of users take the SDK", "There are no users to count."),
    notApplicable("S-282", "Users give the documentation over 4.5 of 5", "There are no users to ask."),
    notApplicable("S-283", "70 % fewer support tickets", "There is no support to compare with."),
  ],
};
