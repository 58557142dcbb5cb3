import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { createConnectionManager } from "../connection/connectionManager.ts";
import type { SweepMetricName } from "../observability/metrics.ts";
import { createSweeper } from "../sweeper/createSweeper.ts";
import type { SweeperConfig, SweeperDeps } from "../sweeper/createSweeper.ts";
import type { RefusedEvent } from "../sweeper/eventBus.ts";
import type { SweepCounts } from "../sweeper/sweepCounts.ts";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { NewRequest, RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import { createFakeManagementApi } from "./fakeManagementApi.ts";
import type { FakeManagementApi } from "./fakeManagementApi.ts";
import { createRecordedLogger } from "./recordedLogger.ts";
import type { RecordedLogger } from "./recordedLogger.ts";
import { sampleActions } from "./sampleActions.ts";
import { sampleRequest } from "./sampleRequest.ts";
import { withoutCorrelation } from "./withoutCorrelation.ts";

/** A sweeper on a real table; its bus is a list. */
export interface SweeperHarness {
  readonly clock: FakeClock;
  readonly requests: RequestStore;
  readonly subscriptions: SubscriptionStore;
  readonly api: FakeManagementApi;
  readonly log: RecordedLogger;
  /** The requests whose events were sent, in order. */
  readonly sent: readonly StoredRequest[];
  readonly metrics: readonly (readonly [SweepMetricName, number])[];
  /** Stores a request that waits, of a connection of its own. */
  submit(overrides?: Partial<NewRequest>): Promise<StoredRequest>;
  /** Stores one, and begins so many attempts of it, each lost but the last, which holds its lease for a minute from now. */
  running(attempts?: number, overrides?: Partial<NewRequest>): Promise<StoredRequest>;
  /** One run. `remainingMs`: what Lambda says is left; default a minute. */
  sweep(remainingMs?: () => number): Promise<Readonly<SweepCounts>>;
  /** What reached the request's own connection. */
  received(request: StoredRequest): readonly ServerMessage[];
  /** The request as it stands. */
  stored(request: StoredRequest): Promise<StoredRequest>;
}

export interface SweeperHarnessOptions {
  readonly config?: Partial<SweeperConfig>;
  readonly deps?: (deps: SweeperDeps) => Partial<SweeperDeps>;
  /** What the bus does not take. Default: it takes all. */
  readonly refuse?: (request: StoredRequest) => RefusedEvent["cause"] | undefined;
}

export const LEASE_MS = 60_000;

export function createSweeperHarness(table: TableConfig, options: SweeperHarnessOptions = {}): SweeperHarness {
  const clock = createFakeClock();
  const log = createRecordedLogger();
  const api = createFakeManagementApi();
  const requests = createRequestStore(table, clock);
  const subscriptions = createSubscriptionStore(table);
  const connections = createConnectionStore(table, clock);
  const sent: StoredRequest[] = [];
  const metrics: (readonly [SweepMetricName, number])[] = [];
  const deps: SweeperDeps = {
    requests,
    subscriptions,
    connections,
    connectionManager: createConnectionManager(
      { minDelayMs: 1, maxDelayMs: 1 },
      { managementApi: api, connections, logger: log.logger, random: () => 0.5 },
    ),
    bus: {
      async send(toSend) {
        const refused = toSend.flatMap((request) => {
          const cause = options.refuse?.(request);
          return cause === undefined ? [] : [{ request, cause }];
        });
        sent.push(...toSend.filter((request) => !refused.some((one) => one.request === request)));
        return refused;
      },
    },
    clock,
    random: () => 0.5,
    logger: log.logger,
    addMetric: (name, value) => void metrics.push([name, value]),
    publishMetrics: async () => undefined,
  };
  const sweeper = createSweeper({ actions: sampleActions, ...options.config }, { ...deps, ...options.deps?.(deps) });

  const submit: SweeperHarness["submit"] = async (overrides = {}) => {
    const { request } = await requests.create(sampleRequest({ connectionId: crypto.randomUUID(), ...overrides }));
    return request;
  };
  const stored: SweeperHarness["stored"] = async (request) => {
    const found = await requests.getConsistent(request);
    if (found === undefined) throw new Error(`there is no request ${request.requestId}`);
    return found;
  };
  return {
    clock,
    requests,
    subscriptions,
    api,
    log,
    sent,
    metrics,
    submit,
    async running(attempts = 1, overrides = {}) {
      const request = await submit(overrides);
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        if (attempt > 1) await requests.release(request, attempt - 1);
        await requests.claim(request, LEASE_MS);
      }
      return stored(request);
    },
    sweep: (remainingMs = () => 60_000) => sweeper({}, { getRemainingTimeInMillis: remainingMs }),
    received: (request) => api.received(request.connectionId).map(withoutCorrelation),
    stored,
  };
}
