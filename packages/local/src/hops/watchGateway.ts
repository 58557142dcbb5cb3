import { decodeJwt } from "jose";
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from "@streamer/protocol";
import * as v from "valibot";
import type { GatewayObserver, InvokeFunction } from "../gateway/types.ts";
import { readAnswer, readFrame } from "./frames.ts";
import type { SeenAnswer, SeenFrame } from "./frames.ts";
import type { HopRef } from "./types.ts";
import type { WatchDeps } from "./watchRecords.ts";

export interface WatchedGateway extends GatewayObserver {
  /** The same functions, seen. */
  connect(invoke: InvokeFunction): InvokeFunction;
  message(invoke: InvokeFunction): InvokeFunction;
  disconnect(invoke: InvokeFunction): InvokeFunction;
}

interface Person {
  readonly tenantId: string;
  readonly userId: string;
}

const result = v.object({ statusCode: v.number(), body: v.optional(v.string(), "") });
const connectEvent = v.object({
  requestContext: v.object({ connectionId: v.string() }),
  headers: v.nullish(v.record(v.string(), v.string()), {}),
  queryStringParameters: v.nullish(v.record(v.string(), v.string()), {}),
});
const messageEvent = v.object({ requestContext: v.object({ connectionId: v.string() }), body: v.optional(v.string(), "") });
const SUBMISSIONS = new Set(["request", "submit_batch"]);

/** What comes in by the gateway and goes out by it. */
export function watchGateway({ hops, facts, clock }: WatchDeps): WatchedGateway {
  /** Whose a connection is, from its token: the table has it too, but only later. */
  const people = new Map<string, Person>();

  const onFrame = (frame: SeenFrame, person: Person | undefined): void => {
    for (const requestId of frame.requestIds) {
      const ref = { tenantId: person?.tenantId, requestId };
      const submits = SUBMISSIONS.has(frame.type);
      if (submits) facts.of(ref).framedAt = clock.now();
      hops.record({ ...ref, action: frame.action, hop: "gateway", what: submits ? "frame in" : `${frame.type} in` });
    }
  };

  const onReply = (frame: SeenFrame, replies: readonly SeenAnswer[], person: Person | undefined, startedAt: number): void => {
    const durationMs = clock.now() - startedAt;
    for (const reply of replies) {
      const ref = { tenantId: person?.tenantId, requestId: reply.requestId };
      const action = frame.action ?? facts.find(ref)?.action;
      const named = { ...ref, action };
      // Its id is the server's: only now is it known which request came in.
      if (!frame.requestIds.includes(reply.requestId)) hops.record({ ...named, hop: "gateway", what: "frame in", at: startedAt });
      hops.record({ ...named, hop: "router", what: reply.type, durationMs, latencyMs: durationMs, trouble: reply.code });
      hops.record({ ...named, hop: "post", what: `${reply.type} answered` });
      if (SUBMISSIONS.has(frame.type) && !reply.duplicate) onSubmitted(ref, reply, action ?? "?", person, durationMs);
    }
  };

  /** A synchronous action is done with its answer, and stands in no table. */
  const onSubmitted = (ref: HopRef, reply: SeenAnswer, action: string, person: Person | undefined, durationMs: number): void => {
    if (reply.type === "acknowledgment") return;
    const refused = reply.type === "error";
    const status = refused ? "refused" : reply.code === undefined ? "completed" : "failed";
    if (!refused) hops.submitted();
    hops.record({ ...ref, action, hop: "end", what: status, durationMs, latencyMs: durationMs, trouble: reply.code });
    const { userId } = person ?? {};
    hops.change({ ...ref, at: clock.now(), action, userId, status, durationMs, attempts: 0, code: reply.code });
  };

  return {
    onConnections: () => hops.tell({ type: "connections" }),
    onPost(connectionId, data, statusCode) {
      const tenantId = people.get(connectionId)?.tenantId;
      for (const { requestId, type, percentage, final } of readAnswer(data.toString())) {
        const known = facts.find({ tenantId, requestId });
        if (known !== undefined && final) {
          known.outcomePostedAt ??= clock.now();
          if (known.endedAt !== undefined) hops.measured("post", clock.now() - known.endedAt);
        }
        hops.record({
          tenantId,
          requestId,
          action: known?.action,
          hop: "post",
          what: percentage === undefined ? `${type} posted` : `${type} ${percentage} % posted`,
          trouble: statusCode === 200 ? undefined : `the gateway answered ${statusCode}`,
        });
      }
    },
    connect: (invoke) => async (event) => {
      const response = await invoke(event);
      const read = v.safeParse(connectEvent, event);
      const answered = v.safeParse(result, response);
      if (read.success && answered.success && answered.output.statusCode === 200) {
        const person = personOf(read.output);
        if (person !== undefined) people.set(read.output.requestContext.connectionId, person);
      }
      return response;
    },
    message: (invoke) => async (event) => {
      const read = v.safeParse(messageEvent, event);
      const frame = read.success ? readFrame(read.output.body) : undefined;
      if (!read.success || frame === undefined) return invoke(event);
      const person = people.get(read.output.requestContext.connectionId);
      const startedAt = clock.now();
      const leave = [hops.enter("gateway"), hops.enter("router")];
      onFrame(frame, person);
      try {
        const response = await invoke(event);
        const answered = v.safeParse(result, response);
        onReply(frame, answered.success ? readAnswer(answered.output.body) : [], person, startedAt);
        return response;
      } catch (failure) {
        const durationMs = clock.now() - startedAt;
        const tenantId = person?.tenantId;
        for (const requestId of frame.requestIds)
          hops.record({ tenantId, requestId, hop: "router", what: "no answer", durationMs, trouble: "the function failed" });
        throw failure;
      } finally {
        for (const left of leave) left();
      }
    },
    disconnect: (invoke) => (event) => {
      const read = v.safeParse(messageEvent, event);
      if (read.success) people.delete(read.output.requestContext.connectionId);
      return invoke(event);
    },
  };
}

const claims = v.object({ sub: v.string(), tenant_id: v.string() });

/** The function has verified the token: here it is only read, and not kept. */
function personOf({ headers, queryStringParameters: query }: v.InferOutput<typeof connectEvent>): Person | undefined {
  const [, offered = ""] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "sec-websocket-protocol") ?? [];
  const protocols = offered.split(",").map((entry) => entry.trim());
  const entry = protocols.includes(SUBPROTOCOL) ? protocols.find((one) => one.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) : undefined;
  const token = entry?.slice(TOKEN_SUBPROTOCOL_PREFIX.length) ?? query?.["Authorization"];
  try {
    const read = v.safeParse(claims, decodeJwt(token ?? ""));
    return read.success ? { tenantId: read.output.tenant_id, userId: read.output.sub } : undefined;
  } catch {
    return undefined;
  }
}
