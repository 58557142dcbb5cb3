import { done, doneAs } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const SERVER = "packages/server/src";
const REPORTER = `${SERVER}/progress/progressReporter.test.ts`;
const CHUNKS = `${SERVER}/progress/chunkWriter.test.ts`;
const CREATE = `${SERVER}/processor/createProcessor.test.ts`;
const STORE = `${SERVER}/table/requestStore.test.ts`;
const ADR = "packages/docs/decisions/0011-batched-progress.md";
const RUNS = "a request that goes well > is run, completed and told to its connection: progress in order, 100, then complete";
const NEWEST = "pace > of what is reported within 100 ms the newest is stored, when they are over";
const TEN_A_SECOND = "pace > a thousand reports a second are ten updates a second, the last of them included";

export const progress: Group = {
  letter: "F",
  title: "Progress",
  first: 152,
  last: 176,
  requirements: [
    done(
      "S-152",
      "Reporter, sender, coalescing and tests are apart",
      [`${SERVER}/progress/progressReporter.ts`],
      [`${SERVER}/progress/updateLine.ts`],
      [`${SERVER}/connection/delivery.ts`],
    ),
    done("S-153", "Report a percentage and a message", [
      REPORTER,
      "pace > the first report is stored and sent at once",
      "what is reported > a percentage %s",
    ]),
    doneAs("S-154", "Set metadata", "It goes with the report.", [
      REPORTER,
      "what is reported > metadata of a report that was coalesced away is kept under the newer one's",
    ]),
    doneAs("S-155", "Complete", "By what the work returns.", [CREATE, RUNS]),
    doneAs("S-156", "Fail", "By what the work throws: `TerminalError`, `RetryableError`, or anything else.", [
      `${SERVER}/processor/failures.test.ts`,
      "work that throws > fails with PROCESSING_FAILED; the client learns nothing of the cause, the log does",
      "work that throws > an error of the protocol keeps its code and details",
    ]),
    done("S-157", "Updates come live over the WebSocket", [
      "test/flow/endToEnd.test.ts",
      "the main flow (S-261, S-289) > connects, echoes, accepts a report, shows its progress, gives its file, disconnects",
    ]),
    done("S-158", "Updates are batched over 100 ms", [REPORTER, NEWEST, "pace > after 100 ms of silence a report is stored at once again"]),
    doneAs(
      "S-159",
      "At most ten a second",
      "Of what comes too soon the newest is kept instead of dropped.",
      [REPORTER, TEN_A_SECOND],
      [ADR],
    ),
    doneAs(
      "S-160",
      "Progress is stored with the request",
      "Each update is an item of the request's log, and the last is on the request: that one by the heartbeat each ten seconds and at the end.",
      [STORE, "a heartbeat renews the lease, saves the last progress, and tells of a cancellation"],
      [`${SERVER}/progress/progressFlush.test.ts`, "an update > is stored first and sent then"],
      [`${SERVER}/processor/lease.test.ts`, "a lease that is held > is renewed every ten seconds, with the progress of the moment"],
    ),
    done(
      "S-161",
      "The last progress, message and time are kept",
      [
        STORE,
        "a heartbeat renews the lease, saves the last progress, and tells of a cancellation",
        "a failure keeps its code and details, and the last progress",
      ],
      [`${SERVER}/table/entities/asyncRequestEntity.ts`],
    ),
    done(
      "S-162",
      "A connection that fails is a warning, and the work goes on",
      [
        `${SERVER}/connection/delivery.test.ts`,
        "what did not reach a watcher is in the log, without what it said",
        "a connection that only failed is sent to again",
      ],
      [CREATE, "a request that goes well > is completed though its client left; the result waits"],
    ),
    done(
      "S-163",
      "A progress message: type, id, percentage, message, Unix time",
      [REPORTER, "pace > the first report is stored and sent at once"],
      ["packages/protocol/src/messages.test.ts", "the fields a message must have > server: $type.$field, optional: $optional"],
    ),
    done("S-164", "A progress message carries metadata, such as counts", [
      "packages/functions/src/actions/bulkOperation/bulkOperation.test.ts",
      "items are put in batches of 25, and each batch moves the bar and the counts",
    ]),
    done("S-165", "A completion: `complete`, id, result", [CREATE, RUNS]),
    done("S-166", "100 % is always sent on completion", [
      CREATE,
      "a request that goes well > reaches 100 even when its work reports nothing",
    ]),
    done("S-167", "Updates come at moments that mean something", [
      "packages/functions/src/actions/generateReport/report.test.ts",
      "a report tells its progress by the plan, and every stage's end is seen before the next begins",
    ]),
    doneAs(
      "S-168",
      "The batcher has room for 100",
      "It needs none: progress is coalesced, newest wins. Emitted values, which may not be dropped, have a bounded backlog.",
      [REPORTER, TEN_A_SECOND],
      [CHUNKS, "a value that cannot be taken > beyond 8 MiB that wait is a ChunkBacklogError; when they are sent there is room again"],
      [ADR],
    ),
    done("S-169", "The batcher's interval is 100 ms", [REPORTER, NEWEST]),
    doneAs(
      "S-170",
      "A batch has at most ten",
      "Progress of an interval becomes one update. Emitted values are packed up to 31 KB.",
      [REPORTER, TEN_A_SECOND],
      [CHUNKS, "what is emitted > meanwhile shares the next message, 100 ms after the one before"],
    ),
    doneAs("S-171", "A full batch is sent at once", "Of emitted values; progress has nothing that could fill up.", [
      CHUNKS,
      "what is emitted > is written before the 100 ms are over when a message is full, and no message is over 31 KB",
    ]),
    done("S-172", "100 % is sent at once", [REPORTER, "pace > 100 is stored at once, in the middle of the pace"]),
    done("S-173", "An error is sent at once", [
      `${SERVER}/processor/failures.test.ts`,
      "work that throws > right after a report saves that too, though its 100 ms have not passed",
    ]),
    done(
      "S-174",
      "Updates are combined with sense",
      [REPORTER, NEWEST, "what is reported > metadata of a report that was coalesced away is kept under the newer one's"],
      [
        `${SERVER}/progress/progressFlush.test.ts`,
        "whatever is reported whenever: a flush ends with the last report, percentages never fall, the pace is kept",
      ],
    ),
    done(
      "S-175",
      "Batching saves messages, work and money, and looks smoother",
      [REPORTER, TEN_A_SECOND, "pace > a slow table slows the updates down, and never has two of them at a time"],
      ["packages/docs/costs/costs.test.ts", "what it costs > an asynchronous request takes 31 writes, 11 reads and 13 messages"],
      [ADR],
    ),
    done("S-176", "Progress is a stream of events with percentages and messages", [
      "packages/client/src/requestHandle.test.ts",
      "updates() > gives progress and chunks as they arrive, and ends with the request",
    ]),
  ],
};
