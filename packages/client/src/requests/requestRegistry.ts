import { DuplicateRequestError, MAX_FRAME_BYTES, byteLength, toStreamerError } from "@streamer/protocol";
import type { AnyStreamerError } from "@streamer/protocol";
import { encodeMessage } from "../encodeFrame.ts";
import type { ClientLogger, RequestOptions } from "../types.ts";
import { ClientRequest } from "./clientRequest.ts";
import type { RequestScoped } from "./clientRequest.ts";
import type { OutboxDeps } from "./outbox.ts";
import { splitRequest } from "./payloadUpload.ts";
import type { LargeRequest, RequestInput } from "./payloadUpload.ts";
import type { TransferDeps } from "./transfer.ts";
import { WeakValues } from "./weakValues.ts";

export interface RegistryDeps extends OutboxDeps, TransferDeps {
  readonly newId: () => string;
  readonly logger: ClientLogger;
}

/**
 * The requests of a client that have not ended, by id. Tells each what concerns it.
 *
 * Those that failed or were cancelled are known as long as somebody holds their handle: an operator may start them again.
 */
export class RequestRegistry {
  readonly #deps: RegistryDeps;
  readonly #requests = new Map<string, ClientRequest>();
  readonly #ended = new WeakValues<ClientRequest>();
  #closedBy: AnyStreamerError | undefined;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a request, now or when the connection is open. Never throws: what speaks against it becomes the request's failure, so that
   * callers have one place to look. The same id with the same content is the same request.
   */
  submit(action: string, payload: unknown, options: RequestOptions): ClientRequest {
    const id = options.id ?? this.#deps.newId();
    const { frame, large, error } = frameOf({
      type: "request",
      id,
      action,
      ...(payload === undefined ? {} : { payload }),
      ...(options.metadata === undefined ? {} : { metadata: { ...options.metadata } }),
    });
    const known = this.#requests.get(id);
    if (known !== undefined && known.frame === frame) {
      known.start(options.signal);
      return known;
    }

    const onSettled = (): void => {
      if (this.#requests.get(id) !== request) return;
      this.#requests.delete(id);
      if (request.mayGoOn) this.#ended.set(id, request);
    };
    const request: ClientRequest = new ClientRequest(id, frame, { ...this.#deps, onSettled }, large);
    if (this.#closedBy !== undefined) request.abandon(this.#closedBy);
    else if (error !== undefined) request.refuse(error);
    else if (known !== undefined) request.refuse(new DuplicateRequestError());
    else {
      this.#requests.set(id, request);
      request.start(options.signal);
    }
    return request;
  }

  onOpen(): void {
    for (const request of this.#requests.values()) request.onOpen();
  }

  onLost(): void {
    for (const request of this.#requests.values()) request.onLost();
  }

  onGatewayFrame(): void {
    for (const request of this.#requests.values()) request.onGatewayFrame();
  }

  onMessage(message: RequestScoped): void {
    const { request_id: id } = message;
    const request = id === undefined ? undefined : (this.#requests.get(id) ?? this.#goneOn(id, message));
    if (request !== undefined) request.onMessage(message);
    else this.#deps.logger.debug("A message belongs to no open request.", { type: message.type, request_id: id });
  }

  /** The ended request of this id, when the message shows that it goes on: it is an open one from here on. */
  #goneOn(id: string, message: RequestScoped): ClientRequest | undefined {
    const request = this.#closedBy === undefined ? this.#ended.get(id) : undefined;
    if (request === undefined || !request.goOnAfter(message)) return undefined;
    this.#ended.delete(id);
    this.#requests.set(id, request);
    return request;
  }

  /** Ends the waiting of all, now and from now on. */
  close(error: AnyStreamerError): void {
    this.#closedBy ??= error;
    for (const request of this.#requests.values()) request.abandon(this.#closedBy);
  }
}

interface Written {
  readonly frame: string;
  /** Set when it is too large for a frame. */
  readonly large?: LargeRequest;
  readonly error?: AnyStreamerError;
}

function frameOf(message: RequestInput): Written {
  try {
    const frame = encodeMessage(message);
    const sizeBytes = byteLength(frame);
    return sizeBytes <= MAX_FRAME_BYTES ? { frame } : { frame, large: splitRequest(message, sizeBytes) };
  } catch (thrown) {
    return { frame: "", error: toStreamerError(thrown) };
  }
}
