import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SERVER = "packages/server/src";

export const production: Group = {
  letter: "J",
  title: "Production features",
  first: 214,
  last: 219,
  requirements: [
    done(
      "S-214",
      "Rate limits and throttling",
      [
        `${SERVER}/router/rateLimits.test.ts`,
        "a connection that sends too much > is refused with the seconds to wait, under the request's id, and nothing of the message is done",
        "a tenant that sends too much > is refused on all its connections, and no other tenant is",
      ],
      ["test/security/settings.test.ts", "a flood is refused from the first message over the limit on > of a connection"],
      ["test/infra/stages.test.ts", "each stage has a throttle of its own, the lowest where nobody but its developer is served (S-214)"],
    ),
    done(
      "S-215",
      "A circuit breaker",
      [
        `${SERVER}/connection/health.test.ts`,
        "the breaker > opens when more than half of the last 20 calls failed, and nothing is called then",
        "the breaker > that is open makes a message wait that must be kept, and drops none of it on the way",
      ],
      [
        "test/flow/operations.test.ts",
        "sends that fail > again and again: the breaker opens, watchers and subscribers miss messages, and what was stored is fetched later",
      ],
    ),
    done(
      "S-216",
      "Dead letters of what fails",
      ["test/infra/monitoring.test.ts", "whatever a queue feeds leaves dead letters, and all of them are watched (S-216)"],
      [
        "test/flow/operations.test.ts",
        "dead letters > a message that the queue %s hands over and nobody can read",
        "dead letters > requests that fail in all their attempts",
      ],
      ["test/flow/redrive.test.ts", "all dead letters of an action are redriven at once, after a look at which"],
    ),
    doneAs(
      "S-217",
      "Health can be asked for",
      "By the action `health`, over the WebSocket, and by `streamer doctor`: a WebSocket API has no address that answers without a token.",
      [
        "packages/functions/src/actions/health/health.test.ts",
        "health is ok while the table answers",
        "health is degraded, and tells no reason, when the table is not there",
      ],
      [
        "packages/local/src/cli/doctor/local/brokenParts.test.ts",
        "a stack that is well has nothing to tell, ends with 0, and carries a request to its end",
        "what is broken is told of, and only that: > a pipe that is stopped, with how much it left undone",
      ],
      ["packages/local/src/cli/doctor/deployed/deployedStage.test.ts", "what is broken is told of, and only that: > %s"],
    ),
    doneAs(
      "S-218",
      "Reliable and scalable, by the Well-Architected principles",
      "By what stands here; there was no formal review.",
      ["test/chaos/chaos.test.ts", "seed %i: every acknowledged request ends once, and every watcher sees it"],
      [
        "test/flow/restore.test.ts",
        "a table that was lost comes back from its copy: what waited is done, results are there, dead letters can be redriven",
      ],
      [
        "test/infra/permissions.test.ts",
        "no policy of a role, queue, topic or key allows an action by wildcard, or every resource where AWS knows them",
      ],
      ["packages/docs/costs/costs.test.ts", "what it costs > every goal is met"],
      ["packages/docs/first-month.md"],
    ),
    done(
      "S-219",
      "Errors, logs and tests are alike over all the code",
      ["test/flow/logs.test.ts", "a full run at the level DEBUG > writes no line that is not as the schema says"],
      ["packages/protocol/src/errors.test.ts", "an error of the protocol > %s has a class of its own, and comes back as it from the wire"],
      ["CONTRIBUTING.md"],
    ),
  ],
};
