import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const GATEWAY = "packages/server/src/gateway";
const CONNECT = `${GATEWAY}/connect.test.ts`;
const DISCONNECT = `${GATEWAY}/disconnect.test.ts`;
const TOKEN = "packages/server/src/auth/token.test.ts";
const LOGGED = "a connection that ends > is logged: who, how long, how many messages, why";

export const connecting: Group = {
  letter: "C",
  title: "Connect and disconnect",
  first: 62,
  last: 86,
  requirements: [
    doneAs(
      "S-062",
      "`$connect` takes a JWT from the query parameter `Authorization`",
      "And from the subprotocol, which our clients use: it is in no access log.",
      [
        CONNECT,
        "an upgrade with a good token > in the query is let in, and no subprotocol is chosen when none is offered",
        "an upgrade with a good token > is let in with 200 and stored with who it is",
      ],
    ),
    done("S-063", "Tokens are signed by RS256", [
      TOKEN,
      "a good token > says who it speaks for, what they may do and until when",
      "a token is refused > signed by HS256 with the public key as its secret",
      "a token is refused > with the algorithm none",
    ]),
    doneAs(
      "S-064",
      "The key that verifies tokens comes from the configuration",
      "From a secret (a PEM or the URL of a JWKS), never from a plain environment variable (S-185).",
      ["test/infra/gateway.test.ts", "the key of tokens is a secret of SST's, and in no environment"],
      ["packages/server/src/auth/jwks.test.ts", "a token is verified by the key its header names; the page is read once"],
    ),
    done("S-065", "User, tenant and permissions are read from the claims", [
      TOKEN,
      "a good token > says who it speaks for, what they may do and until when",
      "a good token > without permissions has none",
    ]),
    done(
      "S-066",
      "Expiry and issuer are checked",
      [TOKEN, "a token is refused > %s"],
      ["test/security/tokens.test.ts", "a token is not let in, and takes no other's place > %s"],
    ),
    done("S-067", "The record is made: ids, endpoint of domain and stage, connected and last ping now", [
      CONNECT,
      "an upgrade with a good token > is let in with 200 and stored with who it is",
    ]),
    done("S-068", "User agent and address are kept", [
      CONNECT,
      "an upgrade with a good token > is let in with 200 and stored with who it is",
    ]),
    done("S-069", "200 on success", [CONNECT, "an upgrade with a good token > is let in with 200 and stored with who it is"]),
    done(
      "S-070",
      "401 for an expired token",
      [CONNECT, "an upgrade is refused > with 401 when the token %s"],
      ["test/flow/badInput.test.ts", "who is not let in > an expired token: 401"],
    ),
    done(
      "S-071",
      "401 for a wrong signature",
      [CONNECT, "an upgrade is refused > with 401 when the token %s"],
      ["test/flow/badInput.test.ts", "who is not let in > a token signed by somebody else: 401"],
    ),
    done(
      "S-072",
      "401 without a token",
      [CONNECT, "an upgrade is refused > with 401 when there is no token %s"],
      ["test/flow/badInput.test.ts", "who is not let in > no token: 401"],
    ),
    done("S-073", "500 when the table fails", [
      CONNECT,
      "an upgrade is refused > with 500 when the table does not answer, and the log says which verb failed",
    ]),
    done(
      "S-074",
      "Entry, handler and authentication are apart",
      ["packages/functions/src/connect.ts"],
      [`${GATEWAY}/connect.ts`],
      ["packages/server/src/auth/token.ts"],
    ),
    done("S-075", "`$disconnect` deletes the record", [DISCONNECT, "a connection that ends > is forgotten, with everything it watched"]),
    done("S-076", "`$disconnect` ends the connection's subscriptions", [
      DISCONNECT,
      "a connection that ends > is forgotten, with everything it watched",
      "a connection that ends > leaves its topics; those who saw it there are told",
    ]),
    done(
      "S-077",
      "`$disconnect` finds subscriptions by the connection",
      [
        "packages/server/src/table/subscriptionStore.test.ts",
        "a connection that ends takes all its subscriptions with it, of any tenant name, and nobody else's",
      ],
      [DISCONNECT, "a connection that ends > may have watched more than one batch of deletes takes"],
    ),
    done("S-078", "`$disconnect` always answers 200", [
      DISCONNECT,
      "the answer is always 200 > for a connection that is not known, and nothing of another is touched",
      "the answer is always 200 > when the table does not answer; the log says so",
    ]),
    done("S-079", "It logs how long the connection lasted", [DISCONNECT, LOGGED]),
    done(
      "S-080",
      "It logs how many messages were sent and received",
      [DISCONNECT, LOGGED],
      [
        "test/flow/connections.test.ts",
        "the counts of a connection > are every frame it sent and got: answers, an acknowledgment, progress, the end (S-058, S-079…S-082)",
      ],
    ),
    done("S-081", "It logs why the connection ended", [DISCONNECT, LOGGED]),
    done("S-082", "Its line: connection, user, duration, messages sent, time", [DISCONNECT, LOGGED]),
    doneAs(
      "S-083",
      "Functions start fast and load little",
      "No function loads a client that it does not use at its start. Our own goal of 1.5 times the bare SDK client is not met: ElectroDB dominates.",
      ["test/bench/bundle/bundle.test.ts", "a bundle > the router brings no S3, SQS or management client, and no X-Ray, to its start"],
      ["packages/docs/discoveries/cold-starts.md"],
    ),
    doneAs(
      "S-084",
      "Powertools for logging and tracing",
      "Its tracer records where an app asks for traces in detail; else Lambda alone does.",
      ["packages/server/src/observability/logger.ts"],
      [
        "packages/server/src/observability/tracing/createTracer.test.ts",
        "tracing is off, and nothing is loaded, where POWERTOOLS_TRACE_ENABLED is %s",
      ],
      [
        "packages/server/src/observability/tracing/powertoolsTracer.test.ts",
        "segments > stand under the invocation's trace, and within each other",
      ],
    ),
    done(
      "S-085",
      "Events of API Gateway's WebSockets are handled as they are",
      [
        `${GATEWAY}/default.test.ts`,
        "a frame goes to the router with its connection; the answer goes back as the route's own response",
        "a frame without a body (%s) is an empty one",
      ],
      [CONNECT, "an upgrade with a good token > is read from the header %s"],
      ["packages/local/src/gateway/upgrade.test.ts", "$connect > gets the event of API Gateway"],
    ),
    done(
      "S-086",
      "Errors are handled and can be seen",
      [
        DISCONNECT,
        "a part that fails > of the subscriptions does not keep the record, nor its log",
        "a part that fails > of the record does not keep the subscriptions; what is not known is absent from the log",
      ],
      [CONNECT, "an upgrade is refused > with 500 when the table does not answer, and the log says which verb failed"],
    ),
  ],
};
