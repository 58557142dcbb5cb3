import { groupBy, nameOf, parseFrame, TERMINAL_STATUSES, violation } from "./history.ts";
import type { History, RequestKey, Transcript, Violation, Wanted } from "./history.ts";
import { settledLine } from "./settledLine.ts";
import { createWatcher } from "./watcher.ts";
import type { Truth, Watcher } from "./watcher.ts";

export interface WatcherReport {
  readonly violations: readonly Violation[];
  readonly watchers: number;
  /** Watchers that had the outcome live and not the last update before it, which the outcome did not name. */
  readonly missedTails: number;
}

/** What each connection saw of each request of its user's. */
export function checkWatchers(history: History): WatcherReport {
  const truths = truthsOf(history);
  const violations: Violation[] = [];
  let watchers = 0;
  let missedTails = 0;
  for (const transcript of history.transcripts) {
    const watched = watch(transcript, history, truths);
    for (const watcher of watched.values()) {
      violations.push(...watcher.violations);
      watchers += 1;
      if (watcher.missedTheTail) missedTails += 1;
    }
    if (transcript.audit) violations.push(...checkAudit(transcript, history, watched, truths));
  }
  return { violations, watchers, missedTails };
}

/** In the calm, who asks for a request of theirs is given all of it. */
function checkAudit(
  { tenant, user, connection }: Transcript,
  { wanted }: History,
  watched: ReadonlyMap<string, Watcher>,
  truths: ReadonlyMap<string, Truth>,
): readonly Violation[] {
  const own = wanted.filter((one) => one.tenant === tenant && one.user === user);
  return own.flatMap((one) => {
    const ended = TERMINAL_STATUSES.has(truths.get(nameOf(one))?.item?.status ?? "");
    if (!ended || watched.get(one.requestId)?.sawTheEnd === true) return [];
    return [violation("a watcher to the end sees all", one, `Asked for in the calm, its outcome was not given (${connection}).`)];
  });
}

function watch(transcript: Transcript, { wanted }: History, truths: ReadonlyMap<string, Truth>): ReadonlyMap<string, Watcher> {
  const { tenant, user, connection, lines } = transcript;
  const own = new Set(wanted.filter((one) => isOf(one, tenant, user)).map(({ requestId }) => requestId));
  const watchers = new Map<string, Watcher>();
  for (const { direction, text } of lines) {
    if (direction === "note") continue;
    const frame = parseFrame(text);
    const requestId = String(direction === "out" ? (frame["request_id"] ?? frame["id"]) : frame["request_id"]);
    if (!own.has(requestId)) continue;
    const request: RequestKey = { tenant, requestId };
    const watcher = watchers.get(requestId) ?? createWatcher(truths.get(nameOf(request)) ?? nothingOf(request), connection);
    watchers.set(requestId, watcher);
    if (direction === "in") watcher.received(frame);
    else if (frame["type"] === "subscribe") watcher.asked(Number(frame["after"] ?? 0));
    else if (frame["type"] === undefined || frame["type"] === "request") watcher.began(0);
  }
  for (const watcher of watchers.values()) watcher.finished();
  return watchers;
}

function isOf(one: Wanted, tenant: string, user: string): boolean {
  return one.tenant === tenant && one.user === user;
}

function truthsOf(history: History): ReadonlyMap<string, Truth> {
  const items = new Map(history.items.map((item) => [nameOf(item), item]));
  const updates = groupBy(history.updates, nameOf);
  return new Map(
    history.wanted.map((request) => {
      const stored = updates.get(nameOf(request)) ?? [];
      const truth: Truth = {
        request,
        item: items.get(nameOf(request)),
        stored: new Map(stored.map((update) => [update.sequence, update])),
        line: settledLine(stored),
      };
      return [nameOf(request), truth];
    }),
  );
}

function nothingOf(request: RequestKey): Truth {
  return { request, item: undefined, stored: new Map(), line: [] };
}
