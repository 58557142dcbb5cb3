import { done, doneAs, inPart } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const MAIN_FLOW = "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects";

export const testing: Group = {
  letter: "O",
  title: "Testing",
  first: 284,
  last: 297,
  requirements: [
    done(
      "S-284",
      "Integration tests between the parts",
      ["test/flow/endToEnd.test.ts", MAIN_FLOW],
      ["packages/local/src/pipe/createPipe.test.ts", "a new request becomes an event that processors can read"],
    ),
    doneAs(
      "S-285",
      "Recorded events of the stream as the input of tests",
      "They are made by the real stores on the real engine at each run, instead of once.",
      ["packages/server/src/testing/storedImages.ts"],
      ["packages/server/src/pipe/pipeDefinition.test.ts", "a change of a request that somebody waits for passes the filters > accepted"],
      ["packages/local/src/pipe/pipeRecord.test.ts", "an SDK record gets the shape that Pipes delivers"],
    ),
    done(
      "S-286",
      "The flow of progress is tested",
      [
        "packages/server/src/progress/progressFlush.test.ts",
        "whatever is reported whenever: a flush ends with the last report, percentages never fall, the pace is kept",
      ],
      [
        "test/flow/resume.test.ts",
        "what each watcher saw is the log, once, in order, or has an explicit gap > seed %i: whoever connects, drops, reloads, and with whatever they have",
      ],
    ),
    done(
      "S-287",
      "A benchmark of asynchronous throughput",
      ["packages/docs/figures.md"],
      ["test/bench/async/benchmark.test.ts", "requests in flight, and both floors, are counted by the second"],
    ),
    done(
      "S-288",
      "A connection's life: token, record, a send that works, the end, a send that does not",
      ["test/flow/connectionLifecycle.test.ts", "a connection is recorded, can be sent to, and is gone after it closed (S-288)"],
      ["packages/server/src/connection/health.test.ts", "a connection > that was gone once is known to be, without a call or a read"],
    ),
    done("S-289", "A report: acknowledged, at least four updates, the last at 100, success and a url", [
      "test/flow/endToEnd.test.ts",
      MAIN_FLOW,
    ]),
    done(
      "S-290",
      "Synchronous requests at once, asynchronous ones queued, responses by the manager",
      ["test/flow/endToEnd.test.ts", MAIN_FLOW],
      [
        "packages/server/src/processor/createProcessor.test.ts",
        "a request that goes well > is told to everyone who subscribed, also while it ran",
      ],
    ),
    doneAs(
      "S-291",
      "Unit tests in every package",
      "The console's page is tested in a browser, the example app by evaluating it.",
      ["packages/protocol/src/codec.test.ts", "a client's frame > %j is refused: %s"],
      ["packages/server/src/router/createRouter.test.ts", "a frame > ping is answered by pong"],
      ["packages/functions/src/actions/echo/echo.test.ts", "echo answers with the message it was sent"],
      ["packages/client/src/requests/submit.test.ts", "a short action > its response is the result"],
      ["packages/react/src/useRequest.test.ts", "it can be cancelled"],
      ["packages/local/src/bus/eventBus.test.ts", "the bus > delivers an event of a matching rule in EventBridge's envelope"],
      ["stacks/src/validate.test.ts", "what createWiring makes is fine"],
      ["packages/docs/costs/costs.test.ts", "the page > says what the script computes"],
      [
        "test/browser/shippedApp.test.ts",
        "the console page in Chromium, with the app that Streamer ships > an echo is answered, and the answer is still there after a reload",
      ],
      ["test/infra/adoption.test.ts", "an app that takes Streamer in > has what Streamer needs for its actions, beside its own resources"],
    ),
    done(
      "S-292",
      "End to end, with both halves",
      ["test/flow/client.test.ts", "the typed client submits, follows, and gets the result"],
      [
        "test/browser/tabs.test.ts",
        "the console page in Chromium > two tabs show one report: both bars only rise, both end with the result, and so does a third opened later",
      ],
    ),
    done("S-293", "The five answers of connect: 200, 401 three times, 500", [
      "packages/server/src/gateway/connect.test.ts",
      "an upgrade with a good token > is let in with 200 and stored with who it is",
      "an upgrade is refused > with 401 when the token %s",
      "an upgrade is refused > with 401 when there is no token %s",
      "an upgrade is refused > with 500 when the table does not answer, and the log says which verb failed",
    ]),
    done("S-294", "1,000 operations of the manager at a time", [
      "packages/server/src/connection/thousandOperations.test.ts",
      "a thousand operations at a time against an endpoint that fails at random: each has its result, nothing hangs, and it closes clean (seed ${seed})",
    ]),
    inPart(
      "S-295",
      "No critical bug is known",
      "None is. But nothing has run on AWS, and what that leaves open is listed.",
      ["packages/docs/not-verified.md"],
      ["packages/docs/failure.md"],
    ),
    done("S-296", "One environment for tests", ["test/support/localStack.ts"], ["test/contract/stories.ts"], [".ci/run"]),
    done("S-297", "Rules for lint and format", [".oxlintrc.json"], [".oxfmtrc.json"], [".ci/run"]),
  ],
};
