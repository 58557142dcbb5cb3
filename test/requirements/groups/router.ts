import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const ROUTER = "packages/server/src/router";
const ANSWER = `${ROUTER}/answerRequest.test.ts`;
const SUBMIT = `${ROUTER}/submitRequest.test.ts`;
const CREATE = `${ROUTER}/createRouter.test.ts`;
const PROTOCOL = "packages/protocol/src";
const ACTIONS = "packages/functions/src/actions";
const MAIN_FLOW = "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects";

export const router: Group = {
  letter: "D",
  title: "Router",
  first: 87,
  last: 125,
  requirements: [
    doneAs(
      "S-087",
      "A router: handle an action, route an event, set the asynchronous threshold",
      "`createRouter(config, deps)` is given the list of actions, a handler for each short one, and the threshold.",
      [
        CREATE,
        "a router is not made > without a handler for each short action",
        "a router is not made > with handlers for a list that has other short actions by its own threshold",
      ],
    ),
    doneAs(
      "S-088",
      "A handler validates, says how long it takes, and processes",
      "The action's definition has the schema and the estimate; the handler is a function of the parsed input.",
      [`${PROTOCOL}/action.test.ts`, "an action's defaults > what is given stands"],
      [ANSWER, "a short action > gets the parsed payload and who asks"],
    ),
    done(
      "S-089",
      "Messages are parsed from WebSocket events",
      [`${PROTOCOL}/codec.test.ts`, "a client's frame > without a type it is a request, its payload an empty object"],
      [
        "packages/server/src/gateway/default.test.ts",
        "a frame goes to the router with its connection; the answer goes back as the route's own response",
      ],
    ),
    done(
      "S-090",
      "Handlers are found by the action's name",
      [CREATE, "an unknown action > %j"],
      [ANSWER, "a short action > is answered with its result"],
    ),
    done("S-091", "Synchronous or not is decided by the estimate", [
      `${PROTOCOL}/action.test.ts`,
      "an action's defaults > an action expected to take over five seconds is asynchronous",
    ]),
    done(
      "S-092",
      "The threshold is five seconds",
      [`${PROTOCOL}/action.test.ts`, "an action's defaults > an action expected to take over five seconds is asynchronous"],
      ["packages/server/src/wiring.test.ts", "the processors > follow the threshold when another is given"],
    ),
    done(
      "S-093",
      "Requests are validated, with clear errors",
      [`${PROTOCOL}/validate.test.ts`, "each issue names its place by a dot path"],
      [ANSWER, "a payload that does not fit is refused with its issues, and the action does not run"],
    ),
    done("S-094", "An asynchronous request is stored and acknowledged at once", [
      SUBMIT,
      "a long action > is acknowledged, and stored as it was sent",
      "a long action > is not acknowledged before it is stored",
    ]),
    done("S-095", "A synchronous request is processed at once and answered", [ANSWER, "a short action > is answered with its result"]),
    done("S-096", "A request: id, connection, action, payload, metadata, creation", [
      SUBMIT,
      "a long action > is acknowledged, and stored as it was sent",
    ]),
    done("S-097", "A result: success, data, error", [
      `${PROTOCOL}/messages.test.ts`,
      "every message arrives as it was sent > server: $type",
      "every message arrives as it was sent > a response that failed",
    ]),
    done(
      "S-098",
      "Handlers are registered by type",
      [`${ACTIONS}/handlers.ts`],
      [CREATE, "a router is not made > with a handler for no short action"],
    ),
    done("S-099", "Handlers are generic in their action's types", [
      `${PROTOCOL}/actionTypes.test.ts`,
      "what a client sends may leave defaults out, what a handler gets has them",
      "what a handler returns is what the schema takes, what a client receives is what it gives",
    ]),
    done(
      "S-100",
      "Errors are answered on the socket",
      [
        "test/flow/badInput.test.ts",
        "frames that are refused, and change nothing > %s is an INVALID_MESSAGE",
        "frames that are refused, and change nothing > the connection lives on after all that",
      ],
      [CREATE, "when the table fails > %s is answered with SERVICE_UNAVAILABLE, the log names the verb"],
    ),
    done("S-101", "Middleware: for authorization, logs, metrics", [
      `${ROUTER}/middleware.test.ts`,
      "an app's own middleware > runs around each request in its order",
      "an app's own middleware > may refuse",
      "an action's permissions > are needed all; what is missing is named",
    ]),
    done(
      "S-102",
      "The router's function builds what it needs and handles the event",
      ["packages/functions/src/router.ts"],
      ["test/infra/diff/diff.test.ts", "the bundle of %s > loads alone in a fresh process and exports its handler"],
    ),
    done(
      "S-103",
      "The router gives each frame a correlation id, or takes its client's",
      [CREATE, "what the log gets > is who asked for what, under one correlation id, and never payloads or tokens"],
      [
        "test/flow/logs.test.ts",
        "one correlation id, from the client's frame to the last line > is made by the server for a frame that brings none, and is in the answer and on the line about it",
      ],
    ),
    done(
      "S-104",
      "Error answers are graceful",
      [CREATE, "when the table fails > a defect is answered with INTERNAL_ERROR and none of its text"],
      [
        `${PROTOCOL}/errors.test.ts`,
        "an error of the protocol > its text is the fixed sentence of its code, and its cause never crosses the wire",
      ],
    ),
    doneAs(
      "S-105",
      "A routing failure is a 500, success a 200",
      "Always 200, with an error message of ours: another status would make API Gateway send a frame of its own.",
      [
        "packages/server/src/gateway/default.test.ts",
        "an error is an answer like any other: 200, or the gateway would send a frame of its own instead",
      ],
    ),
    done(
      "S-106",
      "An adapter between what the router has and what is stored, both ways",
      [SUBMIT, "a long action > is acknowledged, and stored as it was sent"],
      [
        "packages/server/src/processor/createProcessor.test.ts",
        "a request that goes well > hands its work what was asked, by whom, and the input as the schema of today reads it",
      ],
    ),
    done(
      "S-107",
      "Errors are mapped between the layers",
      [`${PROTOCOL}/errors.test.ts`, "anything thrown > else (%s) becomes an internal error that keeps it to itself"],
      ["packages/server/src/table/errors.test.ts", "a table that does not answer as it should > tells a client nothing of the table"],
    ),
    done(
      "S-108",
      "Unit tests of the conversions",
      [
        "packages/server/src/table/requestBodies.test.ts",
        "a payload > keeps what DynamoDB's own types would not: depth and huge numbers",
        "a result > %s, with its files",
      ],
      [`${PROTOCOL}/errors.test.ts`, "an error of the protocol > %s has a class of its own, and comes back as it from the wire"],
    ),
    done("S-109", "A request has action and payload, the asynchronous answer is an acknowledgment with the id", [
      "test/flow/endToEnd.test.ts",
      MAIN_FLOW,
    ]),
    done(
      "S-110",
      "Helpers for the context of a request",
      [ANSWER, "a short action > gets the parsed payload and who asks"],
      [`${ROUTER}/handlers.ts`],
    ),
    done("S-111", "Each handler declares its estimate", [
      `${PROTOCOL}/actionTypes.test.ts`,
      "an estimate must be a duration, the schemas Standard Schemas",
    ]),
    done("S-112", "One module of messages, codes and progress", [
      `${PROTOCOL}/protocolDocument.test.ts`,
      "PROTOCOL.md and the code name the same > %s",
      "PROTOCOL.md and the code name the same > error codes, with whether to try again",
    ]),
    doneAs(
      "S-113",
      "The router's registry has example handlers for reports and data",
      "They are `generate_report` and `process_data`; as asynchronous actions they have processors, and the router has their definitions only.",
      [
        `${ACTIONS}/actions.test.ts`,
        "echo, health and what asks for requests are answered at once; the others get processors of their own",
      ],
    ),
    done("S-114", "A report is estimated to take two minutes", [`${ACTIONS}/generateReport/action.ts`]),
    done("S-115", "A report's payload is parsed; its start must not be after its end", [
      `${ACTIONS}/generateReport/action.test.ts`,
      "a start date after the end date is refused at the start date",
      "a payload that is no object is refused",
    ]),
    doneAs(
      "S-116",
      "An asynchronous handler refuses to be run as a synchronous one",
      "It cannot be: a router with a handler for a long action is not made, and does not compile.",
      [CREATE, "a router is not made > with a handler for no short action"],
    ),
    doneAs(
      "S-117",
      "Router and processors use the real connection manager",
      "The router answers by the route's own response, which costs no call, and uses the manager to tell watchers of a cancellation.",
      [
        `${ROUTER}/cancelRequest.test.ts`,
        "who else watches a request that had not started > is told, and that is counted; who cancelled has the answer and nothing else",
      ],
      [
        "packages/server/src/callCounts.test.ts",
        "the processor > claim, one flush, settle: 1 update; 1 put and 1 query; 1 update and 1 query; 1 post for each message; 1 update that counts them",
      ],
    ),
    done("S-118", "Asynchronous requests are queued", [
      "packages/server/src/wiring.test.ts",
      "the processors > are fed by a rule that picks their action's waiting requests",
      "the queues > give one message at a time",
    ]),
    doneAs(
      "S-119",
      "Messages are validated by a schema language",
      "By valibot, or any Standard Schema for payloads, in place of JSON Schema.",
      [`${PROTOCOL}/validate.test.ts`, "any Standard Schema will do, also one that answers later and writes paths its own way"],
      [`${PROTOCOL}/codec.test.ts`, "a client's frame > %s is refused, naming the field"],
    ),
    done(
      "S-120",
      "The interface follows good practice for WebSockets",
      ["packages/protocol/PROTOCOL.md"],
      [
        `${PROTOCOL}/vectors.test.ts`,
        "the vectors leave nothing out: > every type of a client's message",
        "the vectors leave nothing out: > every type of a server's message",
      ],
    ),
    done(
      "S-121",
      "The interface is made for who develops with it",
      [
        "packages/client/src/createClient.test.ts",
        "types > a handle knows its action's output and progress",
        "types > what is wrong does not compile",
      ],
      ["README.md"],
    ),
    done(
      "S-122",
      "The actions `echo`, `health`, `generate_report`, `process_data`, `bulk_operation`",
      [
        `${ACTIONS}/actions.test.ts`,
        "echo, health and what asks for requests are answered at once; the others get processors of their own",
      ],
      [
        "test/flow/actions.test.ts",
        "process_data > takes a megabyte of CSV that the client uploads, and gives a file of what was asked for",
        "bulk_operation > puts a thousand items in 40 batches, tells the counts on the way, and names the bad ones",
      ],
      ["test/flow/endToEnd.test.ts", MAIN_FLOW],
      [`${ACTIONS}/health/health.test.ts`, "health is ok while the table answers"],
    ),
    done(
      "S-123",
      "Echo answers what it is sent",
      [`${ACTIONS}/echo/echo.test.ts`, "echo answers with the message it was sent"],
      ["test/flow/endToEnd.test.ts", MAIN_FLOW],
    ),
    done(
      "S-124",
      "A report's payload: two dates, a format, charts",
      ["test/flow/endToEnd.test.ts", MAIN_FLOW],
      [`${ACTIONS}/generateReport/action.test.ts`, "format is pdf and charts are included unless told otherwise"],
    ),
    done(
      "S-125",
      "A request that lacks fields gets a validation error",
      ["test/flow/badInput.test.ts", "frames that are refused, and change nothing > %s is a VALIDATION_ERROR that says where"],
      [`${ACTIONS}/generateReport/action.test.ts`, "missing fields are each named"],
    ),
  ],
};
