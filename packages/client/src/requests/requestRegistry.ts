import { DuplicateRequestError, toStreamerError } from "@streamer/protocol";
import type { AnyStreamerError, ClientMessageInput } from "@streamer/protocol";
import { encodeFrame } from "../encodeFrame.ts";
import type { ClientLogger, RequestOptions } from "../types.ts";
import { ClientRequest } from "./clientRequest.ts";
import type { RequestScoped } from "./clientRequest.ts";
import type { OutboxDeps } from "./outbox.ts";

export interface RegistryDeps extends OutboxDeps {
  readonly newId: () => string;
  readonly logger: ClientLogger;
}

/** The requests of a client that have not ended, by id. Tells each what concerns it. */
export class RequestRegistry {
  readonly #deps: RegistryDeps;
  readonly #requests = new Map<string, ClientRequest>();
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
    const { frame, error } = frameOf({
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

    const request: ClientRequest = new ClientRequest(id, frame, {
      ...this.#deps,
      onSettled: () => {
        if (this.#requests.get(id) === request) this.#requests.delete(id);
      },
    });
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
    const request = id === undefined ? undefined : this.#requests.get(id);
    if (request !== undefined) request.onMessage(message);
    else this.#deps.logger.debug("A message belongs to no open request.", { type: message.type, request_id: id });
  }

  /** Ends the waiting of all, now and from now on. */
  close(error: AnyStreamerError): void {
    this.#closedBy ??= error;
    for (const request of this.#requests.values()) request.abandon(this.#closedBy);
  }
}

function frameOf(message: ClientMessageInput): { readonly frame: string; readonly error?: AnyStreamerError } {
  try {
    return { frame: encodeFrame(message) };
  } catch (thrown) {
    return { frame: "", error: toStreamerError(thrown) };
  }
}
