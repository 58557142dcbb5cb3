import { done, doneAs, inPart, notApplicable } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const HERE = "Measured on one machine beside a raw baseline (npm run bench); on AWS it was not measured.";
const FIGURES = ["packages/docs/figures.md"] as const;
const SERVERS = [
  "test/bench/servers/servers.test.ts",
  "the local gateway is measured beside ws: round trips, connections, memory",
] as const;
const PROGRESS = [
  "test/bench/async/benchmark.test.ts",
  "one request and two reports give a positive time for each step, and for both baselines",
] as const;

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
    inPart("S-263", "A message takes less than 50 ms at the 99th percentile", HERE, FIGURES, SERVERS),
    inPart("S-264", "Router and message processing take less than 50 ms", HERE, FIGURES, SERVERS),
    inPart("S-265", "An echo takes less than 50 ms", HERE, FIGURES, SERVERS),
    inPart("S-266", "An acknowledgment comes within 100 ms", HERE, FIGURES, PROGRESS),
    inPart("S-267", "The first progress comes within a second", HERE, FIGURES, PROGRESS),
    done(
      "S-268",
      "Work ends within the time that is expected; tests wait 30 s",
      ["packages/client/src/testing/testClient.test.ts", "a test client > waits 30 seconds and no longer"],
      [
        "test/flow/endToEnd.test.ts",
        "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects",
      ],
    ),
    inPart(
      "S-269",
      "10,000 asynchronous requests a second",
      "Computed, not reached: the plan says which quotas and shards must be raised first, and what the design cannot do at that rate.",
      ["packages/docs/capacity.md"],
      [
        "packages/docs/capacity/capacity.test.ts",
        "a plan (S-269, S-270) > at 10,000 requests a second the work index needs more shards than it has, and says up to where they carry it",
      ],
    ),
    inPart(
      "S-270",
      "10,000 messages a second",
      "Computed, not reached. It is also the account's limit of API Gateway, which must be raised.",
      ["packages/docs/capacity.md"],
      [
        "packages/docs/capacity/capacity.test.ts",
        "a plan (S-269, S-270) > counts a frame in, ten updates and an end against the account's 10,000 messages a second",
      ],
    ),
    inPart("S-271", "An update arrives within 100 ms", HERE, FIGURES, PROGRESS),
    inPart("S-272", "A send takes less than 10 ms at the 99th percentile", HERE, FIGURES, [
      "test/bench/sends/benchmark.test.ts",
      "one send, broadcasts and first broadcasts each have a time, beside bare posts",
    ]),
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
    done(
      "S-275",
      "A load test with 1,000 connections",
      ["packages/docs/load.md"],
      [
        "test/flow/load.test.ts",
        "each has its echo answered, every second its asynchronous request: none lost, none doubled, each run once (S-275)",
      ],
    ),
    done(
      "S-276",
      "The throughput of asynchronous requests is measured",
      FIGURES,
      ["packages/docs/load.md"],
      ["test/bench/async/benchmark.test.ts", "requests in flight, and both floors, are counted by the second"],
    ),
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
    inPart(
      "S-278",
      "99.9 % of connections succeed",
      "On one machine, under load. In production only a deployed stage with users can show it.",
      ["test/flow/load.test.ts", "200 connections open at the first try, and stay (S-278)"],
    ),
    doneAs(
      "S-279",
      "A connection-hour costs less than $0.001",
      "$0.00006 by list prices; arithmetic, not a bill.",
      ["packages/docs/costs/costs.test.ts", "what it costs > every goal is met"],
      ["packages/docs/costs.md"],
    ),
    doneAs(
      "S-280",
      "The first request within five minutes",
      "The guide is followed word by word, within three minutes; the installation before it is CI's.",
      ["packages/docs/getting-started.md"],
      ["test/flow/gettingStarted.test.ts", "the page %s, followed word by word > does what it says, and shows what it shows"],
      [".ci/run"],
    ),
    notApplicable("S-281", "Over 80 % of users take the SDK", "There are no users to count."),
    notApplicable("S-282", "Users give the documentation over 4.5 of 5", "There are no users to ask."),
    notApplicable("S-283", "70 % fewer support tickets", "There is no support to compare with."),
  ],
};
