import { isTerminal } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { createRequestStore, METRICS, WORK_SHARDS } from "@streamer/server";
import type { RequestStore, StoredRequest } from "@streamer/server";
import { fail, ok, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { inWords } from "./inWords.ts";
import type { TableTarget } from "./tableCheck.ts";

/** Two sweeps, and a little: whatever is due for longer, nobody has looked at. */
const OVERDUE_AFTER_MS = 150_000;
/** So many of a shard are read: enough to say how it stands, and no more than a moment's reading. */
const MAX_PER_SHARD = 200;
const SHARDS = Array.from({ length: WORK_SHARDS }, (_, shard) => shard);

/** Seconds that a request may be open before somebody should look: those of the alarm on a staging system. */
export const OLD_AFTER_SECONDS = METRICS.find(({ name }) => name === "OldestOpenRequest")?.alarms?.[0]?.threshold.staging ?? 3_600;

type Lists = Pick<RequestStore, "listOpen" | "listFailed">;

/** Requests of all tenants that wait, run or failed: by the work index of the table. Ids and states; never a payload. */
export function requestsCheck(target: () => Promise<TableTarget>, clock: Clock, advice: string): Check {
  return {
    name: "requests",
    advice,
    runbook: "backlog",
    async run() {
      const requests = createRequestStore(await target(), clock);
      const [open, failed] = await Promise.all([
        allShards((shard) => requests.listOpen(shard, { limit: MAX_PER_SHARD })),
        allShards((shard) => requests.listFailed(shard, { limit: MAX_PER_SHARD })),
      ]);
      const now = clock.now();
      // The index is a moment behind: what it names may have gone on.
      const isOpen = open.items.filter(({ status }) => !isTerminal(status));
      const hasFailed = failed.items.filter(({ status }) => status === "failed");
      return [...openFindings(isOpen, open.more, now), failedFinding(hasFailed, failed.more)];
    },
  };
}

async function allShards(
  list: (shard: number) => ReturnType<Lists["listOpen"]>,
): Promise<{ readonly items: readonly StoredRequest[]; readonly more: boolean }> {
  const pages = await Promise.all(SHARDS.map(list));
  return { items: pages.flatMap(({ items }) => items), more: pages.some(({ cursor }) => cursor !== undefined) };
}

function openFindings(open: readonly StoredRequest[], more: boolean, now: number): readonly Finding[] {
  const atLeast = more ? "at least " : "";
  const [oldest] = open.toSorted((a, b) => a.queuedAt - b.queuedAt);
  const age = oldest === undefined ? 0 : now - oldest.queuedAt;
  const seen =
    oldest === undefined ? "none" : `${atLeast}${open.length}; the oldest, ${nameOf(oldest)}, is ${oldest.status} since ${inWords(age)}`;
  const overdue = open
    .filter(({ dueAt }) => dueAt !== undefined && dueAt < now - OVERDUE_AFTER_MS)
    .toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
  const [longest] = overdue;
  return [
    age > OLD_AFTER_SECONDS * 1_000
      ? warn(
          "open requests",
          seen,
          `Look at it: streamer requests show ${oldest?.requestId ?? ""}. Is its queue read, its action deployed?`,
          "backlog",
        )
      : ok("open requests", seen),
    longest === undefined
      ? ok("overdue requests", "none")
      : fail(
          "overdue requests",
          `${atLeast}${overdue.length}; ${nameOf(longest)} is due since ${inWords(now - (longest.dueAt ?? now))}`,
          "The sweeper should have seen to them: see whether it runs. They go on when it does.",
          "sweeper",
        ),
  ];
}

function failedFinding(failed: readonly StoredRequest[], more: boolean): Finding {
  if (failed.length === 0) return ok("failed requests", "none");
  const byKind = new Map<string, number>();
  for (const { action, error } of failed) {
    const kind = `${action} ${error?.code ?? "?"}`;
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  }
  const kinds = [...byKind].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
  return warn(
    "failed requests",
    `${more ? "at least " : ""}${failed.length}: ${kinds.slice(0, 5).join(", ")}`,
    "streamer requests list --dead-letters shows them; when the cause is mended, streamer requests redrive --action <name> starts them again.",
    "failed-requests",
  );
}

function nameOf({ requestId, action }: StoredRequest): string {
  return `${requestId} (${action})`;
}
