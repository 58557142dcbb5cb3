import { CancelledError, MAX_MESSAGE_BYTES, StreamerError, byteLength, isTerminal } from "@streamer/protocol";
import type {
  Clock,
  ErrorCode,
  OutcomeMessage,
  RequestMessage,
  RequestStatus,
  ServerMessage,
  StatusMessage,
  UpdateMessage,
} from "@streamer/protocol";
import { RequestLog } from "./requestLog.ts";
import type { ServerConnection } from "./testConnection.ts";
import type { TestRequest } from "./testRequest.ts";
import type { Transition } from "./topics.ts";

export interface RecordDeps {
  readonly clock: Clock;
  /** Keeps a large result and gives the URL of it. */
  readonly publish: (text: string) => string;
  /** Runs the script of the action. */
  readonly run: (request: RequestRecord) => void;
  /** Nothing of it was stored. */
  readonly forget: (request: RequestRecord) => void;
  /** It has come to another state, which its topics tell. */
  readonly onTransition: (transition: Transition) => void;
}

/** Where the answer to a `request` goes: to its connection, or into the answer to a batch. */
export type Answer = (message: ServerMessage) => void;

/** What a request is told from another under the same id by. */
export interface RequestContent {
  readonly message: RequestMessage;
  readonly payload: unknown;
  readonly key: string;
}

/** A request as the server has it: its state, its log, who watches it. */
export class RequestRecord implements TestRequest {
  readonly id: string;
  readonly content: RequestContent;
  readonly userId: string;
  readonly tenantId: string;
  readonly #deps: RecordDeps;
  readonly #watchers = new Set<ServerConnection>();
  /** Who waits for the answer to a `request`. */
  #unanswered: Answer[] = [];
  /** Whether the action is long: `undefined` while nobody has said. */
  #long: boolean | undefined;
  #acknowledged = false;
  #status: RequestStatus = "pending";
  readonly #log: RequestLog;
  #outcome: (() => OutcomeMessage) | undefined;
  #endedByClient = false;
  #retryAt: number | undefined;
  #abort = new AbortController();

  constructor(
    id: string,
    content: RequestContent,
    long: boolean | undefined,
    connection: ServerConnection,
    answer: Answer,
    deps: RecordDeps,
  ) {
    this.id = id;
    this.#log = new RequestLog(id);
    this.content = content;
    this.#long = long;
    this.userId = connection.identity.userId;
    this.tenantId = connection.identity.tenantId;
    this.#deps = deps;
    this.#watchers.add(connection);
    this.#unanswered.push(answer);
  }

  get action(): string {
    return this.content.message.action;
  }
  get payload(): unknown {
    return this.content.payload;
  }
  get metadata(): Readonly<Record<string, string>> {
    return this.content.message.metadata ?? {};
  }
  get correlationId(): string | undefined {
    return this.content.message.correlation_id;
  }
  get traceparent(): string | undefined {
    return this.content.message.traceparent;
  }
  /** Of the client's own, where it has sent one. */
  get traced(): { readonly correlation_id?: string } {
    return this.correlationId === undefined ? {} : { correlation_id: this.correlationId };
  }
  get status(): RequestStatus {
    return this.#status;
  }
  get attempt(): number {
    return this.#log.attempt;
  }
  get updates(): readonly UpdateMessage[] {
    return this.#log.updates;
  }
  /** Unix seconds; while it waits for its next attempt. */
  get retryAt(): number | undefined {
    return this.#status === "retrying" ? this.#retryAt : undefined;
  }
  get signal(): AbortSignal {
    return this.#abort.signal;
  }
  get ended(): boolean {
    return isTerminal(this.#status);
  }
  get log(): RequestLog {
    return this.#log;
  }
  /** The terminal message; its URLs are signed anew at each call. */
  outcome(): OutcomeMessage | undefined {
    return this.#outcome?.();
  }

  watch(connection: ServerConnection): void {
    this.#watchers.add(connection);
  }
  unwatch(connection: ServerConnection): void {
    this.#watchers.delete(connection);
  }

  /** The same request came again. */
  again(answer: Answer): void {
    if (this.#acknowledged) this.#acknowledgeTo(answer, true);
    else this.#unanswered.push(answer);
  }

  /** A client wishes its end. Gives the answer; who else watches is told of an end that this is. */
  cancelBy(connection: ServerConnection, reason: string | undefined): OutcomeMessage | StatusMessage {
    const outcome = this.outcome();
    if (outcome !== undefined) return outcome;
    this.#abort.abort(new CancelledError(reason === undefined ? {} : { details: { reason } }));
    if (this.#status === "processing") {
      return { type: "status", request_id: this.id, status: this.#status, attempt: this.attempt, ...this.traced };
    }
    this.#endedByClient = true;
    this.#watchers.add(connection);
    return this.#settleCancelled(reason, connection);
  }

  acknowledge(): void {
    this.#long = true;
    // That it is stored is told once.
    if (!this.#acknowledged) this.#transition("pending", 0);
    this.#acknowledged = true;
    const unanswered = this.#unanswered;
    this.#unanswered = [];
    unanswered.forEach((answer, index) => this.#acknowledgeTo(answer, index > 0));
  }

  begin(): void {
    this.#begin("begin");
  }

  progress(percentage: number, message: string, metadata?: Readonly<Record<string, unknown>>): void {
    if (!this.#begin("progress")) return;
    const extra = metadata === undefined ? {} : { metadata: { ...metadata } };
    this.#update(this.#log.addProgress({ percentage, message, ...extra, timestamp: this.#nowSeconds() }));
  }

  emit(...values: readonly unknown[]): void {
    if (values.length > 0 && this.#begin("emit")) this.#update(this.#log.addChunk(values));
  }

  retry(delayMs = 0): void {
    if (!this.#begin("retry")) return;
    this.#status = "retrying";
    this.#transition("retrying");
    this.#retryAt = Math.ceil((this.#deps.clock.now() + delayMs) / 1000);
    this.#tell({ type: "status", request_id: this.id, status: "retrying", attempt: this.attempt, retry_at: this.#retryAt });
  }

  complete(data: unknown): void {
    if (!this.#begin("complete")) return;
    const text = JSON.stringify(data ?? null);
    const timestamp = this.#nowSeconds();
    // The envelope is small beside this.
    const large = byteLength(text) + 1024 > MAX_MESSAGE_BYTES;
    if (this.#isShort()) {
      if (large) return this.fail("RESULT_TOO_LARGE", { size_bytes: byteLength(text), limit_bytes: MAX_MESSAGE_BYTES });
      return this.#respond({ type: "response", request_id: this.id, success: true, data: JSON.parse(text) as unknown });
    }
    this.#settle("completed", () => {
      const reference = { url: large ? this.#deps.publish(text) : "", size_bytes: byteLength(text) };
      const result = large ? ({ success: true, reference } as const) : ({ success: true, data: JSON.parse(text) as unknown } as const);
      return { type: "complete", request_id: this.id, result, timestamp };
    });
  }

  fail(code: ErrorCode, details?: Record<string, unknown>): void {
    if (!this.#begin("fail")) return;
    const error = new StreamerError(code, { details }).toBody();
    if (this.#isShort()) return this.#respond({ type: "response", request_id: this.id, success: false, error });
    this.#settle("failed", () => ({ type: "error", request_id: this.id, error, final: true }));
  }

  cancelled(reason?: string): void {
    if (!this.#begin("cancelled")) return;
    this.#settleCancelled(reason ?? reasonOf(this.#abort.signal));
  }

  refuse(code: ErrorCode, details?: Record<string, unknown>): void {
    if (this.#acknowledged) throw new Error(`Request ${this.id} was acknowledged before: it cannot be refused any more. Use fail().`);
    this.#deps.forget(this);
    const error = new StreamerError(code, { details }).toBody();
    this.#respond({ type: "error", request_id: this.id, error });
  }

  trim(count: number): void {
    this.#log.trim(count);
  }

  redrive(): void {
    if (this.#status !== "failed" && this.#status !== "cancelled") {
      throw new Error(`Request ${this.id} is ${this.#status}: only one that failed or was cancelled can be started again.`);
    }
    this.#status = "pending";
    this.#transition("pending");
    this.#outcome = undefined;
    this.#endedByClient = false;
    this.#abort = new AbortController();
    this.#tell({ type: "status", request_id: this.id, status: "pending", attempt: this.attempt });
    this.#deps.run(this);
  }

  /** Whether the script may go on. @throws when it has ended the request itself. */
  #begin(method: string): boolean {
    if (this.ended) {
      // What a worker does after somebody else has ended its request is dropped.
      if (this.#endedByClient) return false;
      throw new Error(`Request ${this.id} is ${this.#status}: ${method}() comes too late.`);
    }
    if (this.#status === "processing") return true;
    this.#status = "processing";
    this.#log.beginAttempt();
    return true;
  }

  /** What ends a request that is not known to be long, and that nobody acknowledged or worked on, is an answer. */
  #isShort(): boolean {
    return this.#long !== true;
  }

  #update(update: UpdateMessage): void {
    this.#long = true;
    this.#tell(update);
  }

  #respond(message: ServerMessage): void {
    this.#status = message.type === "response" && message.success ? "completed" : "failed";
    for (const answer of this.#unanswered) answer({ ...message, ...this.traced });
    this.#unanswered = [];
    this.#deps.forget(this);
  }

  #settle(status: "completed" | "failed" | "cancelled", outcome: () => OutcomeMessage, except?: ServerConnection): OutcomeMessage {
    if (!this.#acknowledged) this.acknowledge();
    this.#status = status;
    this.#transition(status);
    const { last: last_sequence } = this.#log;
    this.#outcome = () => ({ ...outcome(), ...this.traced, ...(last_sequence === 0 ? {} : { last_sequence }) });
    const message = this.#outcome();
    this.#tell(message, except);
    return message;
  }

  #settleCancelled(reason: string | undefined, except?: ServerConnection): OutcomeMessage {
    const outcome = { type: "cancelled", request_id: this.id, ...(reason === undefined ? {} : { reason }) } as const;
    return this.#settle("cancelled", () => outcome, except);
  }

  #transition(status: Transition["status"], attempt = this.attempt): void {
    const { id, action, userId, tenantId } = this;
    this.#deps.onTransition({ tenant_id: tenantId, request_id: id, action, user_id: userId, status, attempt });
  }

  #acknowledgeTo(answer: Answer, duplicate: boolean): void {
    const { id, status } = this;
    answer({ type: "acknowledgment", request_id: id, status, ...(duplicate ? { duplicate } : {}), ...this.traced });
  }

  #tell(message: ServerMessage, except?: ServerConnection): void {
    for (const connection of this.#watchers) {
      if (connection === except) continue;
      if (connection.open) connection.send({ ...message, ...this.traced });
      else this.#watchers.delete(connection);
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#deps.clock.now() / 1000);
  }
}

function reasonOf(signal: AbortSignal): string | undefined {
  const reason: unknown = signal.reason instanceof CancelledError ? signal.reason.details?.["reason"] : undefined;
  return typeof reason === "string" ? reason : undefined;
}
