import {
  DuplicateRequestError,
  ForbiddenError,
  InvalidActionError,
  NotFoundError,
  PayloadTooLargeError,
  UnauthorizedError,
  ValidationError,
  MAX_BODY_BYTES,
  MAX_FRAME_BYTES,
  isAsync,
  parse,
  parseUploadedPayload,
  toStreamerError,
} from "@streamer/protocol";
import type { Action, ClientMessage, Clock, RequestMessage, ServerMessage, SubmitBatchMessage } from "@streamer/protocol";
import { cancelBatch, submitBatch, subscribeBatch } from "./batches.ts";
import { replay } from "./replay.ts";
import { RequestRecord } from "./requestRecord.ts";
import type { Answer } from "./requestRecord.ts";
import type { ServerConnection } from "./testConnection.ts";
import type { TestFiles } from "./testFiles.ts";
import { identityOf } from "./testToken.ts";
import type { TestTopics, Transition } from "./topics.ts";

export interface AnswerDeps {
  readonly clock: Clock;
  readonly files: TestFiles;
  /** By tenant and id. */
  readonly requests: Map<string, RequestRecord>;
  readonly topics: TestTopics;
  readonly newId: () => string;
  /** The definition of an action; `undefined` when the server was not given the actions. */
  readonly definitionOf: (name: string) => Action | undefined;
  readonly isKnown: (name: string) => boolean;
  readonly run: (request: RequestRecord) => void;
  /** Whether a token was told to be good no longer. */
  readonly isRevoked: (token: string) => boolean;
}

export function requestKey(tenantId: string, id: string): string {
  return JSON.stringify([tenantId, id]);
}

/** Answers a message as PROTOCOL.md says. Never throws: what goes wrong is an `error` message. */
export async function answerTo(message: ClientMessage, connection: ServerConnection, deps: AnswerDeps): Promise<void> {
  const id = message.type === "request" ? (message.id ?? deps.newId()) : undefined;
  try {
    if (message.type === "request") await submit(id ?? "", message, connection, deps, (answer) => connection.send(answer));
    else
      connection.send(
        message.type === "submit_batch" ? await submitItems(message, connection, deps) : answerOther(message, connection, deps),
      );
  } catch (thrown) {
    const traced = "correlation_id" in message ? { correlation_id: message.correlation_id } : {};
    connection.send({ type: "error", ...subjectOf(message, id), ...traced, error: toStreamerError(thrown).toBody() });
  }
}

/** What an error names: the request, batch or topic that the message was about. */
export interface Subject {
  readonly request_id?: string;
  readonly batch_id?: string;
  readonly topic?: string;
}

/** @param id of a request that was sent without one. */
export function subjectOf(message: ClientMessage, id?: string): Subject {
  const requestId = message.type === "request" ? (message.id ?? id) : "request_id" in message ? message.request_id : undefined;
  if (requestId !== undefined) return { request_id: requestId };
  if ("batch_id" in message) return { batch_id: message.batch_id };
  return "topic" in message ? { topic: message.topic } : {};
}

type OtherMessage = Exclude<ClientMessage, { type: "request" | "submit_batch" }>;

function answerOther(message: OtherMessage, connection: ServerConnection, deps: AnswerDeps): ServerMessage {
  switch (message.type) {
    case "ping":
      return { type: "pong" };
    case "authenticate":
      return authenticate(message.token, connection, deps);
    case "upload": {
      checkAction(message.action, connection, deps);
      const { request_id, size_bytes: sizeBytes, sha256 } = message;
      assertTakesUploads(message.action, sizeBytes, deps);
      const { url, headers, expires_at } = deps.files.signUpload(uploadKey(message.action, request_id, sha256, connection), {
        sizeBytes,
        sha256,
      });
      return { type: "upload", request_id, url, headers: { ...headers }, expires_at };
    }
    case "cancel":
      return find(message.request_id, "requests:cancel", connection, deps).cancelBy(connection, message.reason);
    case "subscribe": {
      const request = find(message.request_id, "requests:read", connection, deps);
      const answer = replay(request, message.after);
      request.watch(connection);
      return answer;
    }
    case "unsubscribe":
      deps.requests.get(requestKey(connection.identity.tenantId, message.request_id))?.unwatch(connection);
      return { type: "unsubscribed", request_id: message.request_id };
    case "subscribe_batch":
      return subscribeBatch(message, connection, (id) => find(id, "requests:read", connection, deps));
    case "cancel_batch":
      return cancelBatch(message, connection, (id) => find(id, "requests:cancel", connection, deps));
    case "subscribe_topic":
      if (isExpired(connection, deps)) throw new UnauthorizedError();
      return deps.topics.subscribe(connection, message.topic);
    case "unsubscribe_topic":
      return deps.topics.unsubscribe(connection, message.topic);
  }
}

function authenticate(token: string, connection: ServerConnection, deps: AnswerDeps): ServerMessage {
  const { userId, tenantId, expiresAt } = identityOf(token);
  const same = userId === connection.identity.userId && tenantId === connection.identity.tenantId;
  if (!same || deps.isRevoked(token) || expiresAt * 1000 <= deps.clock.now()) throw new UnauthorizedError();
  connection.renew(token);
  deps.topics.onRenewed(connection);
  const hourAhead = Math.floor(deps.clock.now() / 1000) + 3_600;
  return { type: "authenticated", expires_at: Number.isFinite(expiresAt) ? expiresAt : hourAhead };
}

async function submit(
  id: string,
  message: RequestMessage,
  connection: ServerConnection,
  deps: AnswerDeps,
  answer: Answer,
  inBatch = false,
): Promise<void> {
  const definition = checkAction(message.action, connection, deps);
  const { userId, tenantId } = connection.identity;
  const sent = message.uploaded === undefined ? message.payload : uploadedPayload(id, message, connection, deps);
  const payload = definition === undefined ? sent : await parse(definition.input, sent);
  const key = JSON.stringify([userId, message.action, message.uploaded?.sha256 ?? { payload: sent }], withSortedKeys);
  const known = deps.requests.get(requestKey(tenantId, id));
  if (known !== undefined) {
    if (known.content.key !== key) throw new DuplicateRequestError();
    return known.again(answer);
  }
  // Only long ones are uploaded, or come in a batch.
  const long = inBatch || message.uploaded !== undefined ? true : definition && isAsync(definition);
  const request: RequestRecord = new RequestRecord(id, { message, payload, key }, long, connection, answer, {
    clock: deps.clock,
    publish: (text) => deps.files.publish(text),
    run: deps.run,
    forget: () => void deps.requests.delete(requestKey(tenantId, id)),
    onTransition: (transition: Transition) => deps.topics.onTransition(transition),
  });
  deps.requests.set(requestKey(tenantId, id), request);
  deps.run(request);
}

function submitItems(message: SubmitBatchMessage, connection: ServerConnection, deps: AnswerDeps): Promise<ServerMessage> {
  const definition = checkAction(message.action, connection, deps);
  return submitBatch(message, definition, (id, request, answer) => submit(id, request, connection, deps, answer, true));
}

/** @throws {StreamerError} when it is not there, or the connection may not run it. */
function checkAction(name: string, connection: ServerConnection, deps: AnswerDeps): Action | undefined {
  if (!deps.isKnown(name)) throw new InvalidActionError();
  const definition = deps.definitionOf(name);
  if (isExpired(connection, deps)) throw new UnauthorizedError();
  const missing = definition?.permissions.filter((permission) => !connection.identity.permissions.includes(permission)) ?? [];
  if (missing.length > 0) throw new ForbiddenError({ details: { missing } });
  return definition;
}

function isExpired({ identity, tokenRevoked }: ServerConnection, { clock }: AnswerDeps): boolean {
  return tokenRevoked || identity.expiresAt * 1000 <= clock.now();
}

/** A request of the connection's user or, with the permission, of its tenant. @throws {NotFoundError}: foreign and unknown ids look alike. */
function find(id: string, permission: string, connection: ServerConnection, deps: AnswerDeps): RequestRecord {
  const { userId, tenantId, permissions } = connection.identity;
  const request = deps.requests.get(requestKey(tenantId, id));
  const mayAll = permissions.includes(permission) && !isExpired(connection, deps);
  if (request === undefined || (request.userId !== userId && !mayAll)) throw new NotFoundError();
  return request;
}

function assertTakesUploads(name: string, sizeBytes: number, deps: AnswerDeps): void {
  const definition = deps.definitionOf(name);
  const short = definition !== undefined && !isAsync(definition);
  const limit = short ? MAX_FRAME_BYTES : MAX_BODY_BYTES;
  if (short || sizeBytes > limit) throw new PayloadTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: limit } });
}

/** The same payload with its fields in another order is the same. */
function withSortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function uploadKey(action: string, id: string, sha256: string, { identity }: ServerConnection): string {
  return JSON.stringify([action, identity.tenantId, identity.userId, id, sha256]);
}

function uploadedPayload(id: string, message: RequestMessage, connection: ServerConnection, deps: AnswerDeps): unknown {
  const { action, uploaded } = message;
  const text = uploaded && deps.files.textOf(uploadKey(action, id, uploaded.sha256, connection));
  if (text === undefined) {
    throw new ValidationError({
      details: { issues: [{ path: "", message: "Nothing of this SHA-256 was uploaded under this id for this action." }] },
    });
  }
  return parseUploadedPayload(new TextEncoder().encode(text));
}
