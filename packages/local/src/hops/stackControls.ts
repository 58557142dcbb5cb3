import { DEFAULT_RATES } from "../chaos/settings.ts";
import type { Chaos } from "../chaos/types.ts";
import type { FaultRates } from "../chaos/types.ts";
import type { ChaosView } from "../console/contract.ts";
import type { Gateway } from "../gateway/types.ts";
import type { AsyncPath } from "../stack/asyncPath.ts";
import type { Hops, StackControls } from "./types.ts";
import type { WatchedWork } from "./watchWork.ts";

export interface StackControlsDeps {
  readonly hops: Hops;
  readonly work: WatchedWork;
  readonly gateway: Pick<Gateway, "connectionCount" | "drop" | "openConnections">;
  readonly asyncPath: Pick<AsyncPath, "depths">;
  readonly chaos: Chaos;
  /** Called when a worker was killed: sees to it that the request need not wait for the next minute's sweep. */
  readonly onWorkerKilled: (ref: { readonly tenantId: string; readonly requestId: string }) => void;
  /** Has the functions call by the faults' addresses. Called before chaos is switched on; the first time counts. */
  readonly exposeFunctions: () => Promise<void>;
}

export function createStackControls(deps: StackControlsDeps): StackControls {
  const { hops, work, gateway, asyncPath, chaos } = deps;
  const chaosView = (): ChaosView => ({
    on: chaos.active,
    seed: chaos.seed,
    rates: chaos.rates,
    roughRates: DEFAULT_RATES,
    counts: { ...chaos.counts },
  });

  return {
    hops,
    async flow() {
      return hops.flow({ connections: gateway.connectionCount, queues: await asyncPath.depths() });
    },
    killWorker(tenantId, requestId) {
      const killed = work.kill({ tenantId, requestId });
      if (killed) deps.onWorkerKilled({ tenantId, requestId });
      return killed;
    },
    dropConnection: (connectionId) => gateway.drop(connectionId),
    openConnections: () => gateway.openConnections,
    chaosView,
    async changeChaos({ on = chaos.active, rates = {} }) {
      // Refused before anything is changed.
      chaos.setRates({ ...chaos.rates, ...(rates as Partial<FaultRates>) });
      if (on) await deps.exposeFunctions();
      if (on && !chaos.active) chaos.rage();
      if (!on) chaos.calm();
      return chaosView();
    },
  };
}
