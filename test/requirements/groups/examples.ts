import { done, inPart } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SHIPPED = "test/browser/shippedApp.test.ts";
const PAGE = "the console page in Chromium, with the app that Streamer ships";
const CHAT = "the chat example in Chromium";
const REPORTS = "the reports example in Chromium";
const SITE = "the documentation, in Chromium";
const MAIN_FLOW = "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects";

export const examples: Group = {
  letter: "M",
  title: "Examples, documentation, demo",
  first: 244,
  last: 261,
  requirements: [
    done("S-244", "Example: a chat", [
      "test/browser/examples/chat.test.ts",
      `${CHAT} > two users in two tabs see each other come, what each says under its name, and the other leave`,
      `${CHAT} > another tenant's room of the same name is another room: nobody of it is seen, and nothing heard, then or later`,
    ]),
    done("S-245", "Example: reports", [
      "test/browser/examples/reports.test.ts",
      `${REPORTS} > a report is shown while it is made, and its link is a CSV file of the months`,
      `${REPORTS} > after a reload in the middle it goes on with the same report, from where that is`,
    ]),
    done("S-246", "Example: an ETL pipeline", [
      "test/flow/examples/etl.test.ts",
      "the ETL example > loads the good files, names the others with their reasons, and ends with 3",
      "the ETL example > loads once when the first attempt dies after the load, and shows each stage with its rows",
    ]),
    done(
      "S-247",
      "A guide to start with, and tutorials",
      ["packages/docs/getting-started.md"],
      ["packages/docs/tutorials/add-an-action.md"],
      ["test/flow/gettingStarted.test.ts", "the page %s, followed word by word > does what it says, and shows what it shows"],
    ),
    done(
      "S-248",
      "A reference of the interface",
      ["packages/protocol/PROTOCOL.md"],
      [
        "packages/protocol/src/protocolDocument.test.ts",
        "PROTOCOL.md gives the limits of the code > and names no other",
        "the examples of PROTOCOL.md are messages > every error in them has the sentence of its code",
      ],
      ["packages/docs/asyncapi/asyncapi.test.ts", "the document is valid AsyncAPI 3.0, with nothing to warn of"],
      ["test/browser/docsSite.test.ts", `${SITE} > has a page for each package, with the docstrings of its exports`],
    ),
    done(
      "S-249",
      "Pictures of the architecture, and sequences",
      ["packages/docs/concepts/life-of-a-request.md"],
      ["packages/docs/concepts/data-model.md"],
      ["test/docs/concepts.test.ts", "the picture of the states has each transition that the table has, and no other"],
    ),
    done(
      "S-250",
      "Recorded tutorials",
      ["packages/docs/walkthroughs.md"],
      [
        "test/browser/walkthroughs.test.ts",
        "the page of the walkthroughs > shows every film there is a script for, with its poster and its captions, and no other",
        "the walkthroughs, in Chromium > $name: its script can be played, and says what its film says",
        "the walkthroughs, in Chromium > $name: its film plays to its last caption, and can be wound",
      ],
    ),
    done(
      "S-251",
      "A site of the documentation, with examples",
      ["packages/examples/README.md"],
      [
        "test/browser/docsSite.test.ts",
        `${SITE} > leads from the home page into the guide, and asks no other host for anything`,
        `${SITE} > finds what is written about resuming`,
      ],
      ["test/docs/codeBlocks.test.ts", "the code of the pages > compiles, each TypeScript block of it"],
    ),
    inPart(
      "S-252",
      "Documentation stays true with each change",
      "Every block of code is compiled or its commands are checked, every link is followed; tests hold the protocol, costs, access patterns, metrics, options, error codes, runbooks, figures and this page against the code. The other prose is held by nothing.",
      ["packages/protocol/src/protocolDocument.test.ts", "PROTOCOL.md and the code name the same > %s"],
      ["packages/docs/costs/costs.test.ts", "the page > says what the script computes"],
      ["test/docs/codeBlocks.test.ts", "the code of the pages > compiles, each TypeScript block of it"],
      ["test/docs/links.test.ts", "the links of all pages > %s links to files and headings that are there"],
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
      "Tokens, films, a recorded trace, and dashboard and queries as code are there. The films are the plan for when a demo fails.",
      ["test/flow/commandLine.test.ts", "streamer token prints a token alone on a line, with what was asked for in it"],
      ["test/infra/dashboard.test.ts", "every metric of the table is shown once"],
      ["test/infra/queries.test.ts", "every query is stored, on a developer's stage too, in a folder of the app and the stage"],
      ["packages/docs/tracing.md"],
      ["packages/docs/walkthroughs.md"],
    ),
    inPart(
      "S-260",
      "Figures to show: connections that succeed, how long they last, messages a second, cold starts",
      "Measured on one machine, with how the plan for 10,000 a second looks; how long connections last is logged. The rate of success in production needs users.",
      ["packages/docs/figures.md"],
      ["packages/docs/capacity.md"],
      ["packages/docs/discoveries/cold-starts.md"],
      ["packages/server/src/gateway/disconnect.test.ts", "a connection that ends > is logged: who, how long, how many messages, why"],
    ),
    done("S-261", "The whole flow: connect, echo, report, progress, result, disconnect", ["test/flow/endToEnd.test.ts", MAIN_FLOW]),
  ],
};
