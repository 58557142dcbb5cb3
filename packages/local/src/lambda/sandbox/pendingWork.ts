import { setImmediate as nextTurn } from "node:timers/promises";
import { describeRequest, watchOpenRequests } from "./httpRequests.ts";

/** One invocation's watch. */
export interface PendingWorkWatch {
  /** To be called as soon as the handler's promise has settled. */
  settled(): void;
  /** What the handler left behind, in words; empty when nothing. Takes a turn of the event loop, a few when something is closing. */
  leftovers(): Promise<string[]>;
}

/**
 * Finds work that outlives the handler's return: Lambda freezes the function there, so it may never finish, or finish inside the next
 * invocation.
 *
 * Counted: HTTP requests that had no response when the handler settled or that begin after it; timers that hold the event loop; file,
 * DNS and socket operations under way; child processes. Not counted, because keeping them is how warm functions save time: open
 * connections (keep-alive sockets of the AWS SDK, database connections), timers with `unref()`, and whatever the module had begun
 * before the handler was called.
 */
export function createPendingWorkTracker(): { begin(): PendingWorkWatch } {
  const requests = watchOpenRequests();
  return {
    begin() {
      const before = new Set(requests.list());
      const resourcesBefore = countResources();
      const late: object[] = [];
      let unwatch = (): void => {};
      return {
        settled() {
          late.push(...requests.list().filter((request) => !before.has(request)));
          unwatch = requests.onCreated((request) => late.push(request));
        },
        async leftovers() {
          // One turn for what was started but has not reached the system yet; more for what is just being closed.
          let resources: string[] = [];
          for (let turn = 0; turn < MAX_TURNS; turn += 1) {
            await nextTurn();
            resources = describeIncrease(resourcesBefore, countResources());
            if (resources.length === 0) break;
          }
          unwatch();
          return [...late.filter((request) => !requests.isAbandoned(request)).map(describeRequest), ...resources];
        },
      };
    },
  };
}

const MAX_TURNS = 4;

/** What each counted kind of resource is to the author of a handler. The names are Node's own. */
const KINDS: Readonly<Record<string, string>> = {
  Timeout: "timer (setTimeout or setInterval)",
  Immediate: "setImmediate",
  ProcessWrap: "child process",
  FSReqCallback: "file operation",
  FSReqPromise: "file operation",
  GetAddrInfoReqWrap: "DNS lookup",
  GetNameInfoReqWrap: "DNS lookup",
  QueryReqWrap: "DNS query",
  ConnectWrap: "connection being opened",
  TCPConnectWrap: "connection being opened",
  PipeConnectWrap: "connection being opened",
  WriteWrap: "write to a socket",
  SendWrap: "datagram being sent",
};

type Counts = ReadonlyMap<string, number>;

function countResources(): Counts {
  const counts = new Map<string, number>();
  for (const resource of process.getActiveResourcesInfo()) {
    const kind = KINDS[resource];
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function describeIncrease(before: Counts, after: Counts): string[] {
  const increases: string[] = [];
  for (const [kind, count] of after) {
    const added = count - (before.get(kind) ?? 0);
    if (added > 0) increases.push(`${added} × ${kind}`);
  }
  return increases;
}
