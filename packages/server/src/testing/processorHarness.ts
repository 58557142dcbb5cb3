import { SETTLE_RESERVE_MS } from "@streamer/protocol";
import type { Action, ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import type { Context, SQSBatchResponse, SQSRecord } from "aws-lambda";
import { createConnectionManager } from "../connection/connectionManager.ts";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from "../pipe/requestEvent.ts";
import type { Run } from "../processor/context.ts";
import { createProcessor } from "../processor/createProcessor.ts";
import type { ProcessorDeps } from "../processor/createProcessor.ts";
import { createStepStore } from "../processor/stepStore.ts";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { encodeKeyPart } from "../table/keys.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { NewRequest } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createUpdateStore } from "../table/updateStore.ts";
import { createFakeManagementApi } from "./fakeManagementApi.ts";
import type { FakeManagementApi } from "./fakeManagementApi.ts";
import { createRecordedLogger } from "./recordedLogger.ts";
import type { RecordedLogger } from "./recordedLogger.ts";
import { createRecordedPublisher } from "./recordedPublisher.ts";
import type { RecordedPublisher } from "./recordedPublisher.ts";
import { sampleRequest } from "./sampleRequest.ts";
import { withoutCorrelation } from "./withoutCorrelation.ts";

/** A processor on a real table, fed as by its queue. */
export interface ProcessorHarness {
  readonly deps: ProcessorDeps;
  readonly clock: FakeClock;
  /** What was put on the bus for topics. */
  readonly publisher: RecordedPublisher;
  readonly api: FakeManagementApi;
  readonly log: RecordedLogger;
  /** What was put into the bucket. */
  readonly uploads: readonly { readonly key: string; readonly body: string; readonly contentType: string }[];
  /** Messages that were put back, and for how long. */
  readonly postponed: readonly { readonly receiptHandle: string; readonly delayMs: number }[];
  /** Stores a request that waits to be processed, of a connection of its own. */
  readonly submit: (payload: unknown, overrides?: Partial<NewRequest>) => Promise<StoredRequest>;
  /** Gives the processor one batch of messages; each is the event of a request, or a body. */
  readonly process: (...messages: readonly (StoredRequest | string)[]) => Promise<SQSBatchResponse>;
  /** What reached the request's own connection. */
  readonly received: (request: StoredRequest) => readonly ServerMessage[];
  /** The request as it stands. */
  readonly stored: (request: StoredRequest) => Promise<StoredRequest>;
}

export interface ProcessorHarnessOptions {
  readonly deps?: Partial<ProcessorDeps>;
  /** What Lambda says is left, in ms. Default: all that the action may take, and the reserve. */
  readonly remainingMs?: number;
  /** How often each message has been received. Default 1. */
  readonly receiveCount?: number;
}

export function createProcessorHarness<A extends Action>(
  table: TableConfig,
  action: A,
  run: Run<A>,
  options: ProcessorHarnessOptions = {},
): ProcessorHarness {
  const clock = createFakeClock();
  const log = createRecordedLogger();
  const api = createFakeManagementApi();
  const publisher = createRecordedPublisher();
  const uploads: { key: string; body: string; contentType: string }[] = [];
  const postponed: { receiptHandle: string; delayMs: number }[] = [];
  let ids = 0;
  let signatures = 0;
  const connections = createConnectionStore(table, clock);
  const deps: ProcessorDeps = {
    requests: createRequestStore(table, clock),
    updates: createUpdateStore(table),
    subscriptions: createSubscriptionStore(table),
    connections,
    connectionManager: createConnectionManager(
      { minDelayMs: 1, maxDelayMs: 1 },
      { managementApi: api, connections, logger: log.logger, random: () => 0.5 },
    ),
    files: {
      put: async (key, body, contentType) => void uploads.push({ key, body: String(body), contentType }),
      get: async (key) => bodyOf(uploads.findLast((upload) => upload.key === key)?.body),
      sign: async (key) => `https://bucket/${key}?signature=${(signatures += 1)}`,
    },
    steps: createStepStore(table, clock),
    queue: { postpone: async (receiptHandle, delayMs) => void postponed.push({ receiptHandle, delayMs }) },
    publisher,
    clock,
    newId: () => `id-${(ids += 1)}`,
    // No jitter.
    random: () => 0.5,
    logger: log.logger,
    ...options.deps,
  };
  const handler = createProcessor(action, run, deps);
  const remainingMs = options.remainingMs ?? action.timeoutMs + SETTLE_RESERVE_MS;
  return {
    deps,
    clock,
    publisher,
    api,
    log,
    uploads,
    postponed,

    async submit(payload, overrides = {}) {
      const connectionId = crypto.randomUUID();
      const { request } = await createRequestStore(table, clock).create(
        sampleRequest({ action: action.name, connectionId, payload: JSON.stringify(payload), ...overrides }),
      );
      return request;
    },

    process: (...messages) =>
      handler(
        {
          Records: messages.map((message, index) =>
            toRecord(typeof message === "string" ? message : eventOf(message), index, options.receiveCount ?? 1),
          ),
        },
        // Of the context only the time left is read.
        { getRemainingTimeInMillis: () => remainingMs } as Context,
      ),

    received: (request) => api.received(request.connectionId).map(withoutCorrelation),

    async stored(request) {
      const found = await deps.requests.getConsistent(request);
      if (found === undefined) throw new Error(`there is no request ${request.requestId}`);
      return found;
    },
  };
}

function bodyOf(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}

/** The event as the bus puts it into the queue. */
function eventOf(request: StoredRequest): string {
  return JSON.stringify({
    version: "0",
    id: "event-1",
    source: EVENT_SOURCE,
    "detail-type": EVENT_DETAIL_TYPE,
    detail: {
      request_id: request.requestId,
      tenant_id: encodeKeyPart(request.tenantId),
      user_id: encodeKeyPart(request.userId),
      action: request.action,
      status: "pending",
      attempt: "0",
      correlation_id: request.correlationId,
    },
  });
}

function toRecord(body: string, index: number, receiveCount: number): SQSRecord {
  // Of a record no more is read than these.
  const attributes = { ApproximateReceiveCount: String(receiveCount) };
  return { messageId: `message-${index}`, receiptHandle: `receipt-${index}`, body, attributes } as SQSRecord;
}
