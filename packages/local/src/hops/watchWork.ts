import { decodeKeyPart, requestEventDetail } from "@streamer/server";
import type { SQSEvent } from "aws-lambda";
import * as v from "valibot";
import type { BusEvent, RuleTarget } from "../bus/eventBus.ts";
import { FunctionError } from "../lambda/functionError.ts";
import type { OnRunning, Running } from "../lambda/pool.ts";
import { parse } from "./requestImage.ts";
import type { HopRef } from "./types.ts";
import type { WatchDeps } from "./watchRecords.ts";

/** Runs a function on messages of a queue. */
export type InvokeWorker = (event: SQSEvent, onRunning?: OnRunning) => Promise<unknown>;

/** What the bus, the queues and the workers do for requests. */
export interface WatchedWork {
  onEvent(event: BusEvent): void;
  /** The same target, seen. */
  target(target: RuleTarget): RuleTarget;
  /** The same function, seen. */
  worker(invoke: InvokeWorker): InvokeWorker;
  /** Invocations of an action's processor that run now. */
  runningOf(action: string): number;
  /** False when nothing works on it. */
  kill(ref: HopRef): boolean;
}

type Event = HopRef & { readonly action: string; readonly status: string };

export function watchWork({ hops, facts, clock }: WatchDeps): WatchedWork {
  const running = new Map<string, number>();
  const count = (action: string, more: number): void => void running.set(action, (running.get(action) ?? 0) + more);

  /** An attempt from its begin in a sandbox to its end. Gives what is to be called then. */
  const begin = (event: Event, sentAt: number | undefined, invocation: Running): ((trouble: string | undefined) => void) => {
    const known = facts.of(event);
    const startedAt = clock.now();
    const attempt = known.attempt + 1;
    const leave = hops.enter("worker");
    known.running.add(invocation);
    known.workedSince = startedAt;
    const named = { tenantId: event.tenantId, requestId: event.requestId, action: event.action, attempt, hop: "worker" } as const;
    const latencyMs = sentAt === undefined ? undefined : startedAt - sentAt;
    hops.record({ ...named, what: `attempt ${attempt} starts`, latencyMs });
    count(event.action, 1);
    return (trouble) => {
      leave();
      count(event.action, -1);
      known.running.delete(invocation);
      hops.record({ ...named, what: `attempt ${attempt} ends`, durationMs: clock.now() - startedAt, trouble });
    };
  };

  return {
    onEvent(event) {
      const request = readEvent(event);
      if (request === undefined) return;
      const known = facts.of(request);
      const at = clock.now();
      const latencyMs = known.readAt === undefined ? undefined : at - known.readAt;
      known.onBusAt = at;
      hops.record({ ...pick(request), hop: "bus", what: `event: ${request.status}`, latencyMs });
    },
    target: (target) => async (event) => {
      await target(event);
      const request = readEvent(event);
      if (request === undefined) return;
      const known = facts.of(request);
      const at = clock.now();
      const latencyMs = known.onBusAt === undefined ? undefined : at - known.onBusAt;
      known.queuedAt = at;
      hops.record({ ...pick(request), hop: "queue", what: "message", latencyMs });
    },
    worker: (invoke) => async (event) => {
      const messages = event.Records.flatMap(({ body, messageId, attributes }) => {
        const request = readEvent(parse(body));
        // Of one that comes back the queue's first time is no measure of its wait.
        const sentAt = attributes.ApproximateReceiveCount === "1" ? Number(attributes.SentTimestamp) : undefined;
        return request === undefined ? [] : [{ request, messageId, sentAt }];
      });
      const ends = new Map<string, (trouble: string | undefined) => void>();
      try {
        const result = await invoke(event, (invocation) => {
          for (const { request, messageId, sentAt } of messages) ends.set(messageId, begin(request, sentAt, invocation));
        });
        const back = failedOf(result);
        for (const [messageId, end] of ends) end(back.has(messageId) ? "its message goes back to the queue" : undefined);
        return result;
      } catch (error) {
        for (const end of ends.values()) end(error instanceof FunctionError ? error.kind : "failed");
        throw error;
      }
    },
    runningOf: (action) => running.get(action) ?? 0,
    kill(ref) {
      const invocations = [...(facts.find(ref)?.running ?? [])];
      for (const invocation of invocations) invocation.kill();
      return invocations.length > 0;
    },
  };
}

const envelope = v.object({ detail: requestEventDetail });

/** The request of an event; `undefined` of one that is about something else. */
function readEvent(event: unknown): Event | undefined {
  const read = v.safeParse(envelope, event);
  if (!read.success) return undefined;
  const { tenant_id: tenantId, request_id: requestId, action, status } = read.output.detail;
  return { tenantId: decodeKeyPart(tenantId), requestId, action, status };
}

function pick({ tenantId, requestId, action }: Event) {
  return { tenantId, requestId, action };
}

const batchResponse = v.object({ batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })) });

function failedOf(result: unknown): ReadonlySet<string> {
  const read = v.safeParse(batchResponse, result);
  return new Set(read.success ? read.output.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) : []);
}
