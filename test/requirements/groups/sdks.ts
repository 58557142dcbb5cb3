import { done, doneAs, inPart, open } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const CLIENT = "packages/client/src";

export const sdks: Group = {
  letter: "L",
  title: "SDKs",
  first: 235,
  last: 243,
  requirements: [
    open(
      "S-235",
      "A client library in Go, with a fluent interface",
      "There is none. The protocol's vectors are there for whoever writes one, and the fluent interface is there in TypeScript (S-240).",
    ),
    done(
      "S-236",
      "A TypeScript SDK with types",
      [
        `${CLIENT}/createClient.test.ts`,
        "types > a handle knows its action's output and progress",
        "types > what is wrong does not compile",
      ],
      ["test/flow/client.test.ts", "the typed client submits, follows, and gets the result"],
      [
        "test/bench/client/clientSize.test.ts",
        "the client with all that every page needs is within 12 KB, minified and gzipped, without batches and topics",
      ],
    ),
    done(
      "S-237",
      "`new StreamerClient(url, …)` is the way in",
      ["test/flow/client.test.ts", "the untyped client is told by code what is wrong with a payload"],
      [`${CLIENT}/streamerClient.ts`],
    ),
    done(
      "S-238",
      "React hooks",
      [
        "packages/react/src/useAction.test.ts",
        "a request is shown from its submission to its result",
        "the bar never falls while the connection is down and what was missed is fetched",
      ],
      ["packages/react/src/react18.test.ts", "it is React 18 that is tested"],
    ),
    done(
      "S-239",
      "Reconnects with growing delays",
      [
        `${CLIENT}/connection/connection.test.ts`,
        "reconnecting > a broken socket leads to a new connection with a fresh token",
        "connecting > a refused upgrade is tried again after 0 to 100 ms, doubling up to 30 s",
      ],
      ["test/flow/client.test.ts", "a report goes on while its client's socket is cut, and the handle sees all of it"],
    ),
    done(
      "S-240",
      "Builders of requests, handlers of responses",
      [`${CLIENT}/requestBuilder.test.ts`, "request(action) > listeners hear progress and each emitted value, in order, each kind its own"],
      [`${CLIENT}/requestHandle.test.ts`, "onChange() > tells of each update and of the end, until it is stopped"],
    ),
    done("S-241", "Helpers for tests: connect with a JWT, send, hear, wait up to 30 s for the end", [
      `${CLIENT}/testing/testClient.test.ts`,
      "a test client > connects, sends a request, hears every message, and waits for its completion",
      "a test client > waits 30 seconds and no longer",
    ]),
    doneAs(
      "S-242",
      "SDKs have semantic versions",
      "All packages share one version, raised by changesets; nothing has been released yet.",
      ["packages/docs/versioning.md"],
      ["test/docs/changesets.test.ts", "the changesets > raise all packages together"],
    ),
    inPart(
      "S-243",
      "Two SDKs that are ready for production",
      "The one in TypeScript is; the one in Go is not begun.",
      [
        `${CLIENT}/requests/watch.test.ts`,
        "whatever is lost, doubled or late, on whichever line, every stored update is shown once and in order, and then the end",
      ],
      [
        "test/flow/resume.test.ts",
        "what each watcher saw is the log, once, in order, or has an explicit gap > seed %i: whoever connects, drops, reloads, and with whatever they have",
      ],
    ),
  ],
};
