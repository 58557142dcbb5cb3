import { done, inPart, open } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SHIPPED = "test/browser/shippedApp.test.ts";
const PAGE = "the console page in Chromium, with the app that Streamer ships";
const MAIN_FLOW = "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects";

export const examples: Group = {
  letter: "M",
  title: "Examples, documentation, demo",
  first: 244,
  last: 261,
  requirements: [
    open("S-244", "Example: a chat", "Not there yet. Topics, which it would use, are."),
    inPart(
      "S-245",
      "Example: reports",
      "The action and the page of the local stack are one; an app of its own, in React, is not there yet.",
      [SHIPPED, `${PAGE} > a report rises to its end, and its link opens a PDF`],
      ["packages/functions/src/actions/generateReport/action.ts"],
    ),
    open("S-246", "Example: an ETL pipeline", "Not there yet. `process_data` and batches, which it would use, are."),
    inPart(
      "S-247",
      "A guide to start with, and tutorials",
      "README and guides to single subjects; no tutorials yet.",
      ["README.md"],
      ["packages/docs/deploy.md"],
      ["packages/docs/testing.md"],
    ),
    inPart(
      "S-248",
      "A reference of the interface",
      "The wire has one, held against the code; of the packages only the docstrings.",
      ["packages/protocol/PROTOCOL.md"],
      [
        "packages/protocol/src/protocolDocument.test.ts",
        "PROTOCOL.md gives the limits of the code > and names no other",
        "the examples of PROTOCOL.md are messages > every error in them has the sentence of its code",
      ],
    ),
    inPart(
      "S-249",
      "Pictures of the architecture, and sequences",
      "README has the flow, PROTOCOL.md sequences of messages; there are no diagrams beside.",
      ["README.md"],
      [
        "packages/protocol/src/protocolDocument.test.ts",
        "the examples of PROTOCOL.md are messages > most of the worked sequences are written out",
      ],
    ),
    open("S-250", "Recorded tutorials", "Not there yet."),
    open("S-251", "A site of the documentation, with examples", "The pages are there as files; there is no site yet."),
    inPart(
      "S-252",
      "Documentation stays true with each change",
      "Tests hold the protocol, the costs, the access patterns, the metrics, the runbooks, this page and many examples against the code; the other prose is held by nothing.",
      ["packages/protocol/src/protocolDocument.test.ts", "PROTOCOL.md and the code name the same > %s"],
      ["packages/docs/costs/costs.test.ts", "the page > says what the script computes"],
      [
        "packages/server/src/table/accessPatterns.test.ts",
        "the page has a row for every pattern that is tried here, and the other way round",
      ],
      ["packages/client/src/testing/examples/docs.test.ts", "the example of the testing guide is the one that is run here"],
      [
        "test/docs/runbooks.test.ts",
        "each command that an operator is to type exists, with its options",
        "what an operator is told in %s exists: > lines of the log, word by word",
      ],
      ["packages/react/src/readme.test.ts", "the README has examples, and no other code than what is compiled"],
      ["test/requirements/requirements.test.ts", "the table > is what its page says (npm run requirements -- --write)"],
    ),
    done("S-253", "A bar of 50 cells in the terminal, with percentage and status", [
      "test/flow/submitCommand.test.ts",
      "streamer submit --watch > shows the bar of S-253 on stderr, and the result alone on stdout",
    ]),
    inPart(
      "S-254",
      "Demo: an instant echo, validation errors, synchronous or not",
      "From the page; that the echo takes less than 50 ms is not measured (S-265).",
      [
        SHIPPED,
        `${PAGE} > an echo is answered, and the answer is still there after a reload`,
        `${PAGE} > a period that ends before it begins is told at its field, which has the focus`,
      ],
    ),
    done(
      "S-255",
      "Demo: a report from its submission to its file",
      [SHIPPED, `${PAGE} > a report rises to its end, and its link opens a PDF`],
      ["test/flow/endToEnd.test.ts", MAIN_FLOW],
    ),
    inPart(
      "S-256",
      "Demo: an invalid request, and work that takes too long",
      "The first from the page; the second is told by a story, without a page for it yet.",
      [SHIPPED, `${PAGE} > a period that ends before it begins is told at its field, which has the focus`],
      ["test/flow/failure.test.ts", "work that is out of time > in its last attempt fails with TIMEOUT, and how far it had come is kept"],
    ),
    done(
      "S-257",
      "Demo: ten requests at once, all progress seen, nothing lost",
      [
        "test/flow/endToEnd.test.ts",
        "the main flow (S-261, S-289) > ten reports at once on one connection all arrive, each with its own progress (S-182, S-257)",
      ],
      ["test/browser/tryIt.test.ts", "Try it, in Chromium > ten at once: ten bars, all to their end"],
    ),
    inPart(
      "S-258",
      "Demo: connections in AWS's console, good and bad tokens, sending, the dashboard, clearing up",
      "On the local stack, by stories. Nothing has run on AWS, so neither its console nor the dashboard was seen.",
      ["test/flow/connectionLifecycle.test.ts", "a connection is recorded, can be sent to, and is gone after it closed (S-288)"],
      ["test/flow/badInput.test.ts", "who is not let in > an expired token: 401"],
    ),
    inPart(
      "S-259",
      "What a demo needs: tokens, dashboard, a trace, queries, a plan for when it fails",
      "Tokens, a recorded trace, and dashboard and queries as code are there; a plan is not.",
      ["test/flow/commandLine.test.ts", "streamer token prints a token alone on a line, with what was asked for in it"],
      ["test/infra/dashboard.test.ts", "every metric of the table is shown once"],
      ["test/infra/queries.test.ts", "every query is stored, on a developer's stage too, in a folder of the app and the stage"],
      ["packages/docs/tracing.md"],
    ),
    inPart(
      "S-260",
      "Figures to show: connections that succeed, how long they last, messages a second, cold starts",
      "Cold starts are measured, and how long connections last is logged. The rate of success needs users, messages a second a benchmark.",
      ["packages/docs/discoveries/cold-starts.md"],
      ["packages/server/src/gateway/disconnect.test.ts", "a connection that ends > is logged: who, how long, how many messages, why"],
    ),
    done("S-261", "The whole flow: connect, echo, report, progress, result, disconnect", ["test/flow/endToEnd.test.ts", MAIN_FLOW]),
  ],
};
