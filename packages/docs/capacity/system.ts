import { getRequest } from "@streamer/protocol";
import { WORK_SHARDS } from "@streamer/server";
import { createWiring } from "@streamer/server/wiring";
import type { Quota } from "./quotas.ts";

const wiring = createWiring({});

/** What the system's own plain data says, where it limits the rate. */
export const SYSTEM = {
  /** Partitions of the index of open work. */
  workShards: WORK_SHARDS,
  /** Records of one PutEvents of the Pipe. */
  pipeBatch: wiring.pipe.batchSize,
  /** Of an action that does not say; this one does not. */
  workers: {
    what: "our actions: `concurrency`, if it is not set",
    default: getRequest.concurrency,
    unit: "at a time",
    page: "",
    adjustable: "setting",
  },
  notifiers: {
    what: "our wiring: notifiers at a time",
    default: wiring.notifier.concurrency,
    unit: "at a time",
    page: "",
    adjustable: "setting",
  },
  /** `throttle` of `prod` in stacks/src/stages.ts; a test holds the two against each other. */
  stageThrottle: { what: "our stages: frames in, of production", default: 5_000, unit: "/s", page: "", adjustable: "setting" },
} as const satisfies Record<string, number | Quota>;
