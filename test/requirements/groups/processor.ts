import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SERVER = "packages/server/src";
const PROCESSOR = `${SERVER}/processor`;
const CREATE = `${PROCESSOR}/createProcessor.test.ts`;
const MESSAGES = `${PROCESSOR}/messages.test.ts`;
const STOPPING = `${PROCESSOR}/stopping.test.ts`;
const RETRY = `${PROCESSOR}/retry.test.ts`;
const PIPE = "packages/local/src/pipe/createPipe.test.ts";
const RUNS = "a request that goes well > is run, completed and told to its connection: progress in order, 100, then complete";

export const processor: Group = {
  letter: "E",
  title: "Processor",
  first: 126,
  last: 151,
  requirements: [
    doneAs(
      "S-126",
      "New requests are taken from the table's stream",
      "By one Pipe onto a bus, and from there by a queue for each action (ADR 3).",
      [PIPE, "a new request becomes an event that processors can read"],
      [
        `${SERVER}/pipe/pipeDefinition.test.ts`,
        "a change of a request that somebody waits for passes the filters > accepted",
        "what nobody waits for does not pass > other items of the table",
      ],
    ),
    done(
      "S-127",
      "What is inserted as pending is processed",
      [`${SERVER}/pipe/pipeDefinition.test.ts`, "a change of a request that somebody waits for passes the filters > accepted"],
      ["test/infra/wiring.test.ts", "the Pipe > has the patterns of the definition"],
    ),
    doneAs(
      "S-128",
      "A registry finds the handler of a request",
      "The rule of each action does: each has a queue and a function of its own.",
      [
        `${SERVER}/wiring.test.ts`,
        "the processors > are fed by a rule that picks their action's waiting requests",
        "the processors > are found in their action's folder, which has the name of its key",
      ],
      [`${SERVER}/pipe/requestEvent.test.ts`, "a processor's rule > takes no other action's, also when the name begins alike"],
    ),
    done("S-129", "Progress is told while the work runs", [
      CREATE,
      RUNS,
      "a request that goes well > is told to everyone who subscribed, also while it ran",
    ]),
    done("S-130", "Status and result are stored", [
      CREATE,
      RUNS,
      "a request that goes well > with a payload and a result over 4 KB is run like any other",
    ]),
    done("S-131", "At most 15 minutes", [
      `${SERVER}/wiring.test.ts`,
      "the processors > have a minute beyond their action's timeout, within Lambda's limit",
    ]),
    done(
      "S-132",
      "A request has at most 14 minutes, a minute before Lambda's end",
      [STOPPING, "work that is not done in its time > is stopped a minute before Lambda ends, when that comes first"],
      [
        "packages/protocol/src/action.test.ts",
        "an action's defaults > a long action may run for 14 minutes, three times, in 512 MB, fifty at a time",
      ],
    ),
    done(
      "S-133",
      "Batches of the stream are handled well",
      [PIPE, "a batch has at most so many records as the definition says", "only what failed is sent again, until the bus takes it"],
      [
        "test/infra/wiring.test.ts",
        "the Pipe > gives up on a record after the definition's attempts and age, alone, and leaves a dead letter",
      ],
    ),
    done(
      "S-134",
      "Retries with growing delays",
      [
        `${SERVER}/retry/retryDelay.test.ts`,
        "the delay begins with the shortest and grows by the factor to the longest",
        "the jitter takes or adds up to a quarter, at the longest delay too",
      ],
      [RETRY, "an attempt that fails > is followed by longer and longer waits, and by the end when no attempts are left"],
    ),
    done("S-135", "What is transient is tried again", [RETRY, "what is tried again > %s", "what is tried again > not %s"]),
    done(
      "S-136",
      "Dead letters",
      [
        "test/flow/redrive.test.ts",
        "a request that failed for good > is a dead letter; redriven, the client that holds its handle sees it go on and complete",
      ],
      [`${SERVER}/wiring.test.ts`, "the queues > have dead letters of their own"],
      ["test/infra/wiring.test.ts", "%s > has a queue with the wiring's visibility, receives and dead letters"],
    ),
    done("S-137", "Work that takes too long is ended", [
      STOPPING,
      "work that is not done in its time > is told so, fails with TIMEOUT, and what it reported is saved",
      "work that is not done in its time > and ignores the signal is left behind after ten seconds of grace",
    ]),
    done("S-138", "Its partial progress is saved", [
      "test/flow/failure.test.ts",
      "work that is out of time > in its last attempt fails with TIMEOUT, and how far it had come is kept",
    ]),
    done("S-139", "Cancellation", [
      "test/flow/cancelling.test.ts",
      "a request that is cancelled > while it waits for a worker ends at once, for who else watches it too, and is never begun",
      "a request that is cancelled > while it runs: its work is told at its next heartbeat, and when it has ended so has the request, for all who watch",
    ]),
    done(
      "S-140",
      "Errors are handled, and what was lost recovers",
      [
        "test/flow/lostWorkers.test.ts",
        "a worker that dies > by a kill is noticed within two minutes: the client sees `retrying`, and another attempt completes",
      ],
      ["test/flow/lostEvents.test.ts", "an event that gets lost > is found by the sweeper, and the request completes"],
      [
        "test/flow/failure.test.ts",
        "work that throws > is tried again and completes; its client saw `retrying` with a time each time, and never a failure",
      ],
    ),
    doneAs(
      "S-141",
      "A record that cannot be parsed does not stop the others",
      "It is not skipped: its message goes back and ends among the dead letters, where it can be seen.",
      [
        MESSAGES,
        "a message that cannot be read goes back, on its way to the dead letters > and neither holds back nor fails the others of its batch",
        "a message that cannot be read goes back, on its way to the dead letters > %s",
      ],
    ),
    done("S-142", "A request that fails is failed in the table", [
      `${PROCESSOR}/failures.test.ts`,
      "work that throws > fails with PROCESSING_FAILED; the client learns nothing of the cause, the log does",
    ]),
    done(
      "S-143",
      "Progress can be seen all the time",
      ["test/flow/endToEnd.test.ts", "the main flow (S-261, S-289) > a client that comes back sees what it missed, then the end"],
      [
        "test/flow/resume.test.ts",
        "what each watcher saw is the log, once, in order, or has an explicit gap > seed %i: whoever connects, drops, reloads, and with whatever they have",
      ],
    ),
    done(
      "S-144",
      "Executor: reporter, timeouts, errors, status",
      [CREATE, RUNS],
      [STOPPING, "work that is not done in its time > is told so, fails with TIMEOUT, and what it reported is saved"],
      [`${PROCESSOR}/processRequest.ts`],
    ),
    doneAs(
      "S-145",
      "An asynchronous handler is given its request and a reporter",
      "One function of a context: input, progress, emit, once, files, signal, logger, attempt.",
      [CREATE, "a request that goes well > hands its work what was asked, by whom, and the input as the schema of today reads it"],
      [`${PROCESSOR}/context.ts`],
    ),
    done(
      "S-146",
      "`generate_report`, `process_data` and `bulk_operation` are there",
      [
        "packages/functions/src/actions/actions.test.ts",
        "echo, health and what asks for requests are answered at once; the others get processors of their own",
      ],
      [
        "test/flow/actions.test.ts",
        "process_data > takes a megabyte of CSV that the client uploads, and gives a file of what was asked for",
        "bulk_operation > puts a thousand items in 40 batches, tells the counts on the way, and names the bad ones",
      ],
    ),
    done("S-147", "A report tells its progress by the plan, from 0 to 100", [
      "packages/functions/src/actions/generateReport/report.test.ts",
      "a report tells its progress by the plan, and every stage's end is seen before the next begins",
    ]),
    done("S-148", "A report's result: success, and url, records, size", [
      "test/flow/endToEnd.test.ts",
      "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects",
    ]),
    done(
      "S-149",
      "A progress message that cannot be sent harms nothing",
      [CREATE, "a request that goes well > is completed though its client left; the result waits"],
      [`${SERVER}/connection/delivery.test.ts`, "watchers that cannot be read fail nothing: the log says so"],
    ),
    done("S-150", "The table's stream is set up for the processors", [
      "test/infra/wiring.test.ts",
      "the Pipe > reads the table's stream and puts on the bus",
      "the table has the keys, indexes, stream and TTL of the definition",
    ]),
    done(
      "S-151",
      "What is delivered at least once may come twice",
      [
        MESSAGES,
        "a message that comes twice > one after the other runs the work once, and tells the client once",
        "a message that comes twice > at the same time runs the work once; the other goes back for as long as the lease",
      ],
      ["test/flow/lostEvents.test.ts", "what comes more than once > a request whose events and messages are doubled %s is worked on once"],
    ),
  ],
};
