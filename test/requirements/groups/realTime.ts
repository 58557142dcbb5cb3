import { done, inPart } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SERVER = "packages/server/src";

export const realTime: Group = {
  letter: "G",
  title: "Real-time updates and subscriptions",
  first: 177,
  last: 183,
  requirements: [
    done(
      "S-177",
      "A service that notifies over the WebSocket",
      [
        `${SERVER}/notifier/createNotifier.test.ts`,
        "a request's transition > reaches its owner, and those who may see all of the tenant; nobody else",
        "what a handler published > reaches the subscribers of the topic, as its schema gives it, with its own time",
      ],
      [
        "test/flow/topics.test.ts",
        "the topic of one's own requests > tells every tab of the user how the requests stand, whichever sent them, and nobody else",
      ],
    ),
    done(
      "S-178",
      "Subscriptions to progress",
      [
        `${SERVER}/router/subscriptions.test.ts`,
        "subscribe > replays what is stored, in order, and goes on live",
        "who may watch > several connections of one user, each by itself",
        "unsubscribe > ends what subscribe began, for this connection only",
      ],
      [
        `${SERVER}/table/ordersModel/orders.test.ts`,
        "in every interleaving > of %s, all that is stored reaches each watcher, live or by replay",
      ],
    ),
    done("S-179", "Notifications go in batches", [
      `${SERVER}/notifier/manySubscribers.test.ts`,
      "ten events of one topic are one query, and one message to each of its subscribers",
      "of 1,000 subscribers each is told once, 25 at a time",
    ]),
    done(
      "S-180",
      "The state of connections is kept true",
      [
        "test/flow/topics.test.ts",
        "who is there > is told to who comes, and to who is there: of those who come, leave, close and break off",
        "who is there > is no list of the dead: a connection's end takes its subscriptions out of the table",
      ],
      [
        "test/flow/connections.test.ts",
        "a connection whose $disconnect never came > is removed by the first message that is sent to it, and the work does not mind",
      ],
    ),
    done(
      "S-181",
      "Progress of many operations is added up",
      [
        "packages/client/src/batch/submitBatch.test.ts",
        "a batch > shows the mean of its items, each of which never falls, not in another attempt either",
      ],
      [
        "test/flow/batches.test.ts",
        "a batch of 1,000 > moves as one, survives a reload and a SIGKILL of everything, and nothing is lost or done twice",
      ],
    ),
    done("S-182", "Ten requests at once on one connection all get their progress", [
      "test/flow/endToEnd.test.ts",
      "the main flow (S-261, S-289) > ten reports at once on one connection all arrive, each with its own progress (S-182, S-257)",
    ]),
    inPart(
      "S-183",
      "An update arrives within 100 ms",
      "Nothing waits on the leading edge, and what comes sooner waits 100 ms at most. The time from `progress()` to the client is not measured yet: it belongs to the benchmarks.",
      [
        `${SERVER}/progress/progressReporter.test.ts`,
        "pace > the first report is stored and sent at once",
        "pace > after 100 ms of silence a report is stored at once again",
      ],
    ),
  ],
};
