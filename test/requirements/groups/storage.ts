import { done, doneAs, inPart } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const TABLE = "packages/server/src/table";
const CLI = "packages/local/src/cli";

export const storage: Group = {
  letter: "A",
  title: "Storage",
  first: 1,
  last: 21,
  requirements: [
    done("S-001", "A connection's record: id, user, tenant, endpoint, connected, last ping, metadata, TTL; found by user and by tenant", [
      `${TABLE}/connectionStore.test.ts`,
      "save > keeps who is behind a connection, and reads back whole",
      "save > sets the TTL to a day from now",
      "lists > are newest first, of one user or one tenant, page by page",
    ]),
    doneAs(
      "S-002",
      "A request's record: id, connection, status, creation, action, payload, result, TTL; found by connection and by status",
      "By status through a sharded work index instead of a key of the status, which would be one hot partition; completed and cancelled ones of an owner only.",
      [`${TABLE}/requestStore.test.ts`, "a created request waits as pending and reads back whole"],
      [`${TABLE}/requestLists.test.ts`, "the requests of %s > are listed newest first, nobody else's among them"],
      [
        `${TABLE}/workIndex.test.ts`,
        "an open request > is listed by when it is due, soonest first",
        "a request that has ended > failed moves to the partition of the failed, where it can be redriven from",
      ],
      ["packages/docs/storage.md"],
    ),
    done(
      "S-003",
      "A request carries its client's metadata",
      ["packages/server/src/router/submitRequest.test.ts", "a long action > is acknowledged, and stored as it was sent"],
      [`${TABLE}/requestBodies.test.ts`, "what clients and actions fill > keeps metadata of any names"],
    ),
    done(
      "S-004",
      "Subscriptions stand beside connections and requests",
      [
        `${TABLE}/subscriptionStore.test.ts`,
        "whoever subscribed is listed once, however often they did",
        "a subscription ends with its request: same TTL",
      ],
      [
        `${TABLE}/topicStore.test.ts`,
        "a topic's subscribers > are listed once, however often they subscribed; the first time is when they came",
      ],
    ),
    doneAs(
      "S-005",
      "Connections: save, get, delete, list by user and by tenant, update the last ping",
      "The last ping is updated by `touch`, which also counts the message and opens the rate window.",
      [
        `${TABLE}/connectionStore.test.ts`,
        "save > takes a connection of which nothing but its user is known",
        "touch > counts the message, notes when it came, and gives the connection",
        "delete > gives what was deleted, and nothing the second time",
        "lists > hold connections only, though requests share their indexes",
      ],
    ),
    doneAs(
      "S-006",
      "Requests: enqueue, dequeue, update the status, get by connection and by status, update metadata",
      "`create`, `claim`, a verb for each transition, lists. What changes while work runs is its progress, saved by `heartbeat` and with each update; a client's metadata does not change.",
      [
        `${TABLE}/requestStore.test.ts`,
        "twenty creates under one id at the same time make one request",
        "of two claims at the same time one wins, and the other learns who has it",
        "a heartbeat renews the lease, saves the last progress, and tells of a cancellation",
      ],
      [`${TABLE}/requestTransitions.test.ts`, "%s > %s: is written exactly when the state machine allows it"],
      [
        `${CLI}/requests/requestAdmin.test.ts`,
        "list > is of a connection what it submitted, of a tenant or status when that is said too",
        "list > can be of one status, action or code",
      ],
    ),
    doneAs(
      "S-007",
      "All verbs of creating, reading, changing and deleting",
      "No verb deletes a request: it ends by its TTL, so that its id is not used again while a repeated submit may come.",
      [
        `${TABLE}/accessPatterns.test.ts`,
        "every verb of every store has a row",
        "on the engine, as the page says: > $pattern: $verb is $calls",
      ],
    ),
    done(
      "S-008",
      "One table, by DynamoDB's good practice",
      [
        `${TABLE}/tableDefinition.test.ts`,
        "every item has the table's key and its TTL, in whole seconds",
        "items carry the keys of the indexes that the table has, both or none, as strings, and no others",
      ],
      ["test/bench/workIndex/distribution.test.ts", "ids that are %s fill no shard of the work index by a tenth more than its share"],
      ["packages/docs/storage.md"],
    ),
    done(
      "S-009",
      "Lists by user, tenant, status and connection, each a query of an index",
      [
        `${TABLE}/accessPatterns.test.ts`,
        "on the engine, as the page says: > $pattern: $verb is $calls",
        "the page has a row for every pattern that is tried here, and the other way round",
      ],
      [`${TABLE}/tableDefinition.test.ts`, "the lists use every index that the table has, and no other"],
    ),
    done(
      "S-010",
      "Errors of the storage layer have types",
      [
        `${TABLE}/errors.test.ts`,
        "a table that does not answer as it should > %s throws a TableError that names the verb",
        "a table that does not answer as it should > every verb is among these",
      ],
      [`${TABLE}/tableFailure.test.ts`, "a table error tells apart, by names and statuses > %s: %d %s"],
      [`${TABLE}/cursor.test.ts`, "the cursor of %s > is refused when it %s, with nothing read"],
    ),
    done(
      "S-011",
      "Connections and requests are cleared up by TTL",
      [
        "test/flow/connections.test.ts",
        "a connection whose $disconnect never came > is invisible from the moment its TTL is over, and deleted soon after (S-011, S-012)",
      ],
      [
        `${TABLE}/expiry.test.ts`,
        "a request lives a week from its acceptance, and so does its payload",
        "an expired request that DynamoDB has not deleted yet > is not read any more",
      ],
      ["test/infra/wiring.test.ts", "the table has the keys, indexes, stream and TTL of the definition"],
    ),
    done(
      "S-012",
      "A connection's record lives for 24 hours",
      [`${TABLE}/connectionStore.test.ts`, "save > sets the TTL to a day from now"],
      ["packages/docs/decisions/0006-connection-ttl.md"],
    ),
    done("S-013", "A request lives for seven days", [
      `${TABLE}/expiry.test.ts`,
      "a request lives a week from its acceptance, and so does its payload",
    ]),
    done("S-014", "A new request is pending", [`${TABLE}/requestStore.test.ts`, "a created request waits as pending and reads back whole"]),
    done(
      "S-015",
      "Scripts that make the table, and a way to migrate what is in it",
      [
        `${CLI}/table/table.test.ts`,
        "streamer table create > makes a table that the stores work on, and says so; again, it is there and stays as it is",
      ],
      [
        `${TABLE}/migrateItems.test.ts`,
        "10,000 items > are all upgraded once, over a dry run, a crash in the middle of a page, and a run that goes on",
      ],
      ["packages/docs/storage.md"],
    ),
    done(
      "S-016",
      "Unit tests of the storage layer, on a real engine, with fakes where that adds nothing",
      [`${TABLE}/requestTransitions.test.ts`, "%s > %s: is written exactly when the state machine allows it"],
      [`${TABLE}/errors.test.ts`, "a table that does not answer as it should > %s throws a TableError that names the verb"],
      [`${TABLE}/model/agreement.test.ts`, "%s > of one that is %s: the store does what the model says"],
    ),
    doneAs(
      "S-017",
      "At least 90 % of the storage layer is covered by tests",
      "`npm run coverage:table` fails below it, for lines, branches and functions; it is a command of its own, not part of CI. On 2026-11-21: 99 % of lines, 95 % of branches.",
      ["package.json"],
      [`${TABLE}/accessPatterns.test.ts`, "every verb of every store has a row"],
    ),
    done(
      "S-018",
      "Storage is a layer of its own",
      [`${TABLE}/accessPatterns.test.ts`, "$verb is used where the page says"],
      [".oxlintrc.json"],
    ),
    doneAs(
      "S-019",
      "All access to the database goes through one typed mapping layer",
      "ElectroDB. Beside it: the records of `once`, which Powertools asks for by its own interface, deletions and TTLs in bulk, and migrations, which must see items as they are.",
      [`${TABLE}/tableDefinition.test.ts`, "every kind of item is looked at"],
      [`${TABLE}/entities/asyncRequestEntity.ts`],
    ),
    inPart(
      "S-020",
      "A query takes less than 10 ms at the 99th percentile",
      "DynamoDB promises no figure and nothing has run on AWS. Measured here is what the stores add to raw calls on a local engine.",
      ["packages/docs/storage.md"],
      ["packages/docs/not-verified.md"],
    ),
    done(
      "S-021",
      "No asynchronous request is lost",
      [
        "test/chaos/chaos.test.ts",
        "seed %i: every acknowledged request ends once, and every watcher sees it",
        "all of them together: nothing was lost or doubled, and things did go wrong",
      ],
      ["test/chaos/crash.test.ts", "after a SIGKILL with 200 requests under way and a restart on the same data, all end, and none twice"],
      [`${TABLE}/model/model.test.ts`, "every interleaving keeps the promises > of %s"],
    ),
  ],
};
