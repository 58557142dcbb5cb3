import { DuplicateRequestError, ServiceUnavailableError, toStreamerError } from "@streamer/protocol";
import type { AnyStreamerError } from "@streamer/protocol";
import type { ClientLogger, GetOptions, RequestOptions } from "../types.ts";
import { ClientRequest } from "./clientRequest.ts";
import type { RequestScoped } from "./clientRequest.ts";
import type { OutboxDeps, Transport } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { contentOf, knownContent } from "./requestContent.ts";
import type { RequestContent } from "./requestContent.ts";
import type { TransferDeps } from "./transfer.ts";
import { WeakValues } from "./weakValues.ts";

export interface RegistryConfig {
  /** Of requests that wait for a connection. */
  readonly maxQueuedRequests: number;
  readonly maxQueuedBytes: number;
}

export interface RegistryDeps extends OutboxDeps, TransferDeps {
  readonly newId: () => string;
  readonly logger: ClientLogger;
  /** The server's pause is over. */
  readonly onResume: () => void;
}

/** What a request that cannot be written holds in place of its content: it equals no other. */
const NO_CONTENT: RequestContent = { kind: "message", frame: "", sizeBytes: 0 };

/**
 * The requests of a client that have not ended, by id. Tells each what concerns it.
 *
 * Those that failed or were cancelled are known as long as somebody holds their handle: an operator may start them again.
 */
export class RequestRegistry {
  readonly #config: RegistryConfig;
  readonly #deps: RegistryDeps;
  readonly #pace: Pace;
  readonly #requests = new Map<string, ClientRequest>();
  readonly #ended = new WeakValues<ClientRequest>();
  #closedBy: AnyStreamerError | undefined;

  constructor(config: RegistryConfig, deps: RegistryDeps) {
    this.#config = config;
    const onResume = (): void => {
      this.#forAll((request) => request.changed());
      deps.onResume();
    };
    this.#pace = new Pace({ ...deps, onResume });
    this.#deps = { ...deps, transport: this.#pace };
  }

  /** The client's transport, but for the time in which the server asked to be left alone. */
  get transport(): Transport {
    return this.#pace;
  }

  get closedBy(): AnyStreamerError | undefined {
    return this.#closedBy;
  }

  /**
   * Sends a request, now or when the connection is open. Never throws: what speaks against it becomes the request's failure, so that
   * callers have one place to look. The same id with the same content is the same request.
   */
  submit(action: string, payload: unknown, options: RequestOptions): ClientRequest {
    const id = options.id ?? this.#deps.newId();
    const { metadata, correlationId, traceparent } = options;
    return this.#open(
      id,
      () =>
        contentOf({
          type: "request",
          id,
          action,
          payload,
          metadata: metadata && { ...metadata },
          correlation_id: correlationId,
          traceparent,
          // `undefined` is left out of JSON.
        }),
      (known, content) => content.kind !== "known" && known.content.kind !== "known" && known.content.frame === content.frame,
      options.signal,
    );
  }

  /** Watches a request that was sent before, here or elsewhere. Never throws, as `submit`. */
  get(id: string, { after = 0 }: GetOptions): ClientRequest {
    return this.#open(
      id,
      () => knownContent(id, after),
      () => true,
    );
  }

  onOpen(): void {
    this.#forAll((request) => request.onOpen());
  }

  onMoved(): void {
    this.#forAll((request) => request.changed());
  }

  onLineGone(line: number): void {
    this.#forAll((request) => request.onLineGone(line));
  }

  onLost(): void {
    this.#forAll((request) => request.onLost());
  }

  onGatewayFrame(line: number): void {
    this.#forAll((request) => request.onGatewayFrame(line));
  }

  onRateLimited(retryAfterMs: number): void {
    this.#pace.pause(retryAfterMs);
  }

  /** Whether any of them expects something from this line. */
  needs(line: number): boolean {
    return [...this.#requests.values()].some((request) => request.needs(line));
  }

  onMessage(message: RequestScoped, line: number): void {
    const { request_id: id } = message;
    const request = id === undefined ? undefined : (this.#requests.get(id) ?? this.#goneOn(id, message));
    if (request !== undefined) request.onMessage(message, line);
    else this.#deps.logger.debug("A message belongs to no open request.", { type: message.type, request_id: id });
  }

  /** Ends the waiting of all, now and from now on. */
  close(error: AnyStreamerError): void {
    const closedBy = (this.#closedBy ??= error);
    this.#pace.stop();
    this.#forAll((request) => request.abandon(closedBy));
  }

  #open(
    id: string,
    write: () => RequestContent,
    isSame: (known: ClientRequest, content: RequestContent) => boolean,
    signal?: AbortSignal,
  ): ClientRequest {
    let content = NO_CONTENT;
    let error: AnyStreamerError | undefined;
    try {
      content = write();
    } catch (thrown) {
      error = toStreamerError(thrown);
    }
    const known = this.#requests.get(id);
    if (known !== undefined && error === undefined && isSame(known, content)) {
      known.start(signal);
      return known;
    }
    const onSettled = (): void => {
      if (this.#requests.get(id) !== request) return;
      this.#requests.delete(id);
      if (request.mayGoOn) this.#ended.set(id, request);
    };
    const onRateLimited = (retryAfterMs: number): void => this.#pace.pause(retryAfterMs);
    const request: ClientRequest = new ClientRequest(id, content, { ...this.#deps, onSettled, onRateLimited });
    error ??= known === undefined ? this.#overflow(content.sizeBytes) : new DuplicateRequestError();
    if (this.#closedBy !== undefined) request.abandon(this.#closedBy);
    else if (error !== undefined) request.refuse(error);
    else {
      this.#requests.set(id, request);
      request.start(signal);
    }
    return request;
  }

  /** Why no more may wait for a connection. */
  #overflow(sizeBytes: number): AnyStreamerError | undefined {
    if (this.#pace.isOpen()) return undefined;
    const { maxQueuedRequests, maxQueuedBytes } = this.#config;
    const waiting = [...this.#requests.values()].filter((request) => request.waiting);
    const bytes = waiting.reduce((sum, { content }) => sum + content.sizeBytes, sizeBytes);
    if (waiting.length < maxQueuedRequests && (bytes <= maxQueuedBytes || waiting.length === 0)) return undefined;
    const details = {
      reason: "queue_full",
      queued_requests: waiting.length,
      limit_requests: maxQueuedRequests,
      limit_bytes: maxQueuedBytes,
    };
    return new ServiceUnavailableError({ details });
  }

  /** The ended request of this id, when the message shows that it goes on: it is an open one from here on. */
  #goneOn(id: string, message: RequestScoped): ClientRequest | undefined {
    const request = this.#closedBy === undefined ? this.#ended.get(id) : undefined;
    if (request === undefined || !request.goOnAfter(message)) return undefined;
    this.#ended.delete(id);
    this.#requests.set(id, request);
    return request;
  }

  /** What ends or begins meanwhile does not disturb it. */
  #forAll(run: (request: ClientRequest) => void): void {
    const requests = [...this.#requests.values()];
    for (const request of requests) run(request);
  }
}
