import { done } from "../requirement.ts";
import type { Group } from "../requirement.ts";

const DECISIONS = "packages/docs/decisions";

export const decisions: Group = {
  letter: "Q",
  title: "Decisions to document",
  first: 305,
  last: 312,
  requirements: [
    done("S-305", "Why the management API: native WebSockets, connections kept, scaling", [`${DECISIONS}/0005-management-api.md`]),
    done("S-306", "Why a TTL of 24 hours", [`${DECISIONS}/0006-connection-ttl.md`]),
    done("S-307", "Why connections are pooled: cold starts, latency, resources", [`${DECISIONS}/0007-connection-pooling.md`]),
    done("S-308", "Why a circuit breaker: no cascades, sooner seen, recovery by itself", [`${DECISIONS}/0008-circuit-breaker.md`]),
    done("S-309", "Why a threshold of five seconds", [`${DECISIONS}/0009-async-threshold.md`]),
    done("S-310", "Why the table's stream: triggers, at least once, scaling, retries", [`${DECISIONS}/0010-table-streams.md`]),
    done("S-311", "Why progress is batched: load, clients, cost, looks", [`${DECISIONS}/0011-batched-progress.md`]),
    done("S-312", "Why asynchronous handlers are apart: timeouts, progress, tests, separation", [
      `${DECISIONS}/0012-separate-processors.md`,
    ]),
  ],
};
