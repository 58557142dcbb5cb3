import { done, doneAs, notApplicable } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const PERMISSIONS = "test/infra/permissions.test.ts";

export const security: Group = {
  letter: "H",
  title: "Security",
  first: 184,
  last: 192,
  requirements: [
    done(
      "S-184",
      "Each function's role may do what it does, and no more",
      [
        PERMISSIONS,
        "there is a role for each function, the Pipe and the schedule, and no other",
        "no policy of a role, queue, topic or key allows an action by wildcard, or every resource where AWS knows them",
      ],
      ["test/infra/rights.test.ts", "each call that %s makes to the table is permitted"],
    ),
    doneAs(
      "S-185",
      "Secrets are kept as secrets",
      "SST's encrypted secrets, in place of Secrets Manager: the key that is kept verifies tokens and cannot make them.",
      ["test/infra/gateway.test.ts", "the key of tokens is a secret of SST's, and in no environment"],
      ["test/infra/badInput.test.ts", "a secret that is not set fails with the command that sets it"],
    ),
    notApplicable(
      "S-186",
      "Resource policies of API Gateway",
      "WebSocket APIs have none. `$connect` verifies tokens, the stage throttles, and pushing is restricted to our own functions.",
      ["packages/docs/decisions/0013-access-to-the-api.md"],
      ["test/infra/gateway.test.ts", "all routes are throttled below the account's limit, which pushes share"],
    ),
    done("S-187", "Data is encrypted at rest", [
      "test/infra/stages.test.ts",
      "every stage can go back to a point in time, and is encrypted",
    ]),
    doneAs(
      "S-188",
      "CloudTrail",
      "Data events of the table and the bucket are an option, off by default for what they cost; management events are the account's.",
      [
        "test/infra/adoption.test.ts",
        "what our own configuration leaves out > a trail records the accesses to the table and the bucket, and only that trail may write its files",
      ],
      ["packages/docs/decisions/0014-cloudtrail.md"],
    ),
    done("S-189", "Authentication by JWT", [
      "test/security/tokens.test.ts",
      "a good token is let in, both ways, and takes the place of another in-band",
      "a token is not let in, and takes no other's place > there are more than a hundred of them, all different",
    ]),
    done(
      "S-190",
      "Authorization by the permissions of the token",
      [
        "packages/server/src/router/middleware.test.ts",
        "an action's permissions > are needed all; what is missing is named",
        "an action's permissions > let in who has them",
      ],
      ["packages/server/src/router/topics.test.ts", "subscribe_topic > to %s needs its permission"],
    ),
    done(
      "S-191",
      "Tenants are apart",
      [
        "test/security/tenants.test.ts",
        "%s > learns by %s no more of another's request than of one that does not exist, and changes nothing",
        "every action that comes with Streamer was asked for",
      ],
      ["test/flow/topics.test.ts", "a topic of the app > is another one in each tenant, whatever it is called"],
    ),
    done(
      "S-192",
      "Good, expired and wrongly signed tokens are shown",
      [
        "test/flow/badInput.test.ts",
        "who is not let in > an expired token: 401",
        "who is not let in > a token signed by somebody else: 401",
      ],
      ["test/security/tokens.test.ts", "a good token is let in, both ways, and takes the place of another in-band"],
    ),
  ],
};
