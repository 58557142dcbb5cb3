import { readFileSync } from "node:fs";
import { deepEqual } from "node:assert/strict";
import { SEQUENCES_PER_ATTEMPT } from "@streamer/protocol";
import { likenedMessage } from "@streamer/protocol/testing";
import type { ConversationFile, ServerStep, ServerVector, WorkStep } from "@streamer/protocol/testing";
import type { TableConfig } from "../table/entities/model.ts";
import type { Progress } from "../table/requestVerbs.ts";
import { createNotifier } from "../notifier/createNotifier.ts";
import { encodeKeyPart } from "../table/keys.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";
import { createRouterHarness } from "./routerHarness.ts";
import { sampleActions } from "./sampleActions.ts";
import { room } from "./sampleTopics.ts";
import { requestBody, sqsEvent, topicBody } from "./topicHarness.ts";

/** The conversations of `packages/protocol/vectors` that a server runs. */
export function readServerVectors(): readonly ServerVector[] {
  const file = new URL("../../../protocol/vectors/server.json", import.meta.url);
  const content = JSON.parse(readFileSync(file, "utf8")) as ConversationFile;
  return content.side === "server" ? content.vectors : [];
}

/** What a worker knows of a request. */
interface Worker {
  request: StoredRequest;
  /** Numbers of the present attempt that are used. */
  count: number;
  last: number;
  progress: Progress | undefined;
}

const LEASE_MS = 60_000;

/** The router on a real table, which a vector drives, and a worker behind it. */
export function createVectorServer(table: TableConfig) {
  const { connect, connectionManager, clock, deps, log, publisher, sendWhole, tenantId } = createRouterHarness(table, {
    actions: sampleActions,
    topics: [room],
    handlers: {
      echo: ({ input }) => {
        if (input.message === "fail") throw new Error("as the vectors ask");
        return input;
      },
    },
  });
  /** Messages that no step has looked at, by connection. */
  const inboxes = new Map<string, unknown[]>();
  const posts = new Map<string, number>();
  const workers = new Map<string, Worker>();
  const tenant = (name = "acme"): string => `${tenantId}-${name}`;
  const idOf = (name: string): string => `${tenantId}-${name}`;

  const notifier = createNotifier(
    {},
    { ...deps, connectionManager, logger: log.logger, addMetric: () => undefined, publishMetrics: async () => undefined },
  );
  const notify = (body: string) => notifier(sqsEvent([body]), { getRemainingTimeInMillis: () => 60_000 });
  let notified = 0;

  /** What the bus has, one by one and in order, to who hears it. */
  const deliverTopics = async (): Promise<void> => {
    for (const detail of publisher.details.slice(notified)) await notify(topicBody(detail));
    notified = publisher.details.length;
  };

  /** A transition, as the Pipe tells of it. */
  const tell = async ({ requestId, userId, action, status, attempt, correlationId, ...request }: StoredRequest): Promise<void> => {
    const keys = { tenant_id: encodeKeyPart(request.tenantId), user_id: encodeKeyPart(userId) };
    await notify(requestBody({ ...keys, request_id: requestId, correlation_id: correlationId, action, status, attempt: String(attempt) }));
  };

  const collectPosts = (): void => {
    for (const [name, inbox] of inboxes) {
      const sent = connectionManager.sends.filter(({ connectionId, status }) => connectionId === idOf(name) && status === "sent");
      const received = sent.map(({ message }) => message);
      inbox.push(...received.slice(posts.get(name) ?? 0));
      posts.set(name, received.length);
    }
  };

  const work = async (ref: RequestRef, step: WorkStep): Promise<void> => {
    const key = JSON.stringify([ref.tenantId, ref.requestId]);
    const { requests, updates } = deps;
    if (step.do === "claim") {
      const claim = await requests.claim(ref, LEASE_MS);
      if (!claim.done) throw new Error("the request cannot be claimed");
      workers.set(key, { request: claim.request, count: 0, last: await updates.lastSequence(ref), progress: undefined });
      return;
    }
    const worker = workers.get(key);
    if (worker === undefined) throw new Error("the request was not claimed");
    const { request } = worker;
    const next = () => {
      worker.count += 1;
      const previous = worker.last;
      worker.last = request.attempt * SEQUENCES_PER_ATTEMPT + worker.count;
      return { request_id: ref.requestId, sequence: worker.last, previous, attempt: request.attempt };
    };
    const told = async ({ done }: { readonly done: boolean }): Promise<void> => {
      const moved = done ? await requests.getConsistent(ref) : undefined;
      if (moved !== undefined) await tell(moved);
    };
    const note = (percentage: number, message: string): void =>
      void (worker.progress = { percentage, message, at: clock.now(), sequence: worker.last });
    switch (step.do) {
      case "progress": {
        const { percentage, message } = step;
        const update = { type: "progress", ...next(), percentage, message, timestamp: Math.floor(clock.now() / 1000) } as const;
        await updates.put(ref, update, request.expiresAt);
        note(percentage, message);
        break;
      }
      case "chunk":
        await updates.put(ref, { type: "chunk", ...next(), data: [...step.data] }, request.expiresAt);
        if (worker.progress !== undefined) worker.progress = { ...worker.progress, sequence: worker.last };
        break;
      case "forget":
        for (let forgotten = 0; forgotten < step.count; forgotten += 1) next();
        note(step.percentage, step.message);
        await requests.heartbeat(ref, request.attempt, LEASE_MS, worker.progress);
        break;
      case "retry":
        await told(await requests.retry(ref, request.attempt, { at: clock.now() + step.in_ms }, worker.progress));
        break;
      case "complete":
        await told(await requests.complete(ref, request.attempt, { body: JSON.stringify(step.data), files: {} }, worker.progress));
        break;
      case "fail":
        await told(await requests.fail(ref, request.attempt, { code: step.code as "TIMEOUT" }, worker.progress));
        break;
      case "redrive":
        await told(await requests.redrive(ref));
    }
  };

  const run = async (step: ServerStep): Promise<void> => {
    if ("repeat" in step) {
      for (let time = 0; time < step.repeat; time += 1) for (const inner of step.steps) await run(inner);
    } else if ("connect" in step) {
      const { connect: name, user = "ada", permissions = [] } = step;
      inboxes.set(name, []);
      await connect({ connectionId: idOf(name), tenantId: tenant(step.tenant), userId: user, permissions });
    } else if ("advance_ms" in step) await clock.advance(step.advance_ms);
    else if ("work" in step) {
      for (const inner of step.steps) await work({ tenantId: tenant(step.tenant), requestId: step.work }, inner);
    } else if ("expect" in step) {
      await deliverTopics();
      collectPosts();
      const message = inboxes.get(step.connection)?.shift();
      deepEqual(likenedMessage(message, step.expect), step.expect);
    } else {
      const frame = "receive" in step ? step.receive : step.receive_text;
      inboxes.get(step.connection)?.push(await sendWhole(idOf(step.connection), frame));
    }
  };

  return {
    step: run,
    /** Messages beyond what the steps say. */
    unread(): readonly unknown[] {
      collectPosts();
      return [...inboxes.values()].flat();
    },
  };
}
