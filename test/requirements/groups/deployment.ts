import { done, doneAs, inPart } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const INFRA = "test/infra";

export const deployment: Group = {
  letter: "K",
  title: "Deployment",
  first: 220,
  last: 234,
  requirements: [
    done(
      "S-220",
      "Infrastructure as code, by SST",
      ["sst.config.ts"],
      [`${INFRA}/adoption.test.ts`, "an app that takes Streamer in > has what Streamer needs for its actions, beside its own resources"],
      [`${INFRA}/diff/diff.test.ts`, "the CLI evaluates the app and reports its diff, without network or account"],
    ),
    done(
      "S-221",
      "Functions",
      [`${INFRA}/wiring.test.ts`, "the function $name has the wiring's handler, timeout and memory"],
      [`${INFRA}/diff/diff.test.ts`, "the CLI bundles the functions of the wiring, and no others"],
    ),
    done("S-222", "Roles and policies", [
      `${INFRA}/permissions.test.ts`,
      "there is a role for each function, the Pipe and the schedule, and no other",
    ]),
    done(
      "S-223",
      "The WebSocket API",
      [`${INFRA}/wiring.test.ts`, "the route %s calls its function", "there are no other routes"],
      [`${INFRA}/gateway.test.ts`, "$default answers on the socket, and no other route does"],
    ),
    done("S-224", "The table", [`${INFRA}/wiring.test.ts`, "the table has the keys, indexes, stream and TTL of the definition"]),
    done("S-225", "Log groups", [
      `${INFRA}/stages.test.ts`,
      "every log group has a retention: a week in dev, a month in staging, three in prod",
    ]),
    done("S-226", "X-Ray", [
      `${INFRA}/gateway.test.ts`,
      "every function is traced, logs JSON into a group of its own, and runs on Node 24",
      "functions are traced in detail only when the app asks for it",
    ]),
    done(
      "S-227",
      "Functions are configured by environment variables",
      [
        `${INFRA}/gateway.test.ts`,
        "who issues tokens is told to those who check them",
        "whom tokens must be meant for, and whose pages may connect, is told to those who ask",
      ],
      ["packages/docs/deploy.md"],
    ),
    done("S-228", "dev: verbose logs, no alarms", [
      `${INFRA}/stages.test.ts`,
      "dev logs verbosely and has no alarms, topic, dashboard or searches for traces",
    ]),
    done(
      "S-229",
      "staging: all monitoring, low thresholds",
      [`${INFRA}/stages.test.ts`, "staging and prod log what matters, and have as many alarms as each other"],
      [`${INFRA}/monitoring.test.ts`, "staging's thresholds are nowhere above production's, and somewhere below"],
    ),
    done(
      "S-230",
      "prod: normal thresholds, and data is kept",
      [`${INFRA}/stages.test.ts`, "prod keeps its data: deletion protection, retained when the stage goes, never emptied"],
      [`${INFRA}/monitoring.test.ts`, "$id goes off over $prod in prod and $staging in staging, for each that it is about"],
    ),
    done("S-231", "Rights across services", [
      `${INFRA}/permissions.test.ts`,
      "each queue takes messages from one rule only",
      "API Gateway may call the routes' functions from this API only",
      "the Pipe may read the stream, put on the bus, and leave dead letters",
    ]),
    doneAs(
      "S-232",
      "Scripts that deploy",
      "`npx sst deploy` is the script; `npm run synth` and `npm run diff:offline` show what it would do.",
      ["packages/docs/deploy.md"],
      [`${INFRA}/commandLine.test.ts`, "npm run synth -- --stage %s --json prints the resources as JSON and nothing else"],
    ),
    inPart(
      "S-233",
      "The functions are deployed, and the processors handle requests",
      "They run on the local stack; nothing has been deployed to AWS by us. The contract suite tells the same stories on a stage when there is one.",
      [
        "test/flow/endToEnd.test.ts",
        "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects",
      ],
      ["test/contract/stories.ts"],
      ["packages/docs/not-verified.md"],
    ),
    done(
      "S-234",
      "Runbooks",
      ["packages/docs/runbooks/README.md"],
      ["test/docs/runbooks.test.ts", "the runbooks > are one for each that an alarm, or a guide, asks for, and no others"],
      [`${INFRA}/monitoring.test.ts`, "an alarm's description > says which page helps, and the page is there"],
    ),
  ],
};
