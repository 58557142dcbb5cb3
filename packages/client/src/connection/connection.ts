import { ServiceUnavailableError, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX, UnauthorizedError } from "@streamer/protocol";
import type { AnyStreamerError, Clock, Timer } from "@streamer/protocol";
import { RECONNECT_BACKOFF, backoffMs } from "../backoff.ts";
import { Listeners } from "../listeners.ts";
import type { ClientLogger, ConnectionState, StateChange, WebSocketConstructor } from "../types.ts";
import { SocketLink } from "./socketLink.ts";
import type { LinkEnd } from "./socketLink.ts";

/** A connection that lived this long counts as a success; one that ends sooner makes the next delay longer. */
export const STABLE_AFTER_MS = 5_000;

export interface ConnectionConfig {
  readonly url: string;
  /** Asked at every attempt. */
  readonly token: () => string | Promise<string>;
}

export interface ConnectionDeps {
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: ClientLogger;
}

export interface ConnectionEvents {
  onOpen(): void;
  onText(text: string): void;
  /** The connection was open and is not any more. */
  onLost(): void;
}

/** Keeps one socket open: asks for a token, connects, and after any end but `close()` backs off and connects again, for ever. */
export class Connection {
  readonly changes = new Listeners<StateChange>();
  readonly #config: ConnectionConfig;
  readonly #deps: ConnectionDeps;
  readonly #events: ConnectionEvents;
  readonly #closed = Promise.withResolvers<never>();
  #opened = Promise.withResolvers<void>();
  #state: ConnectionState = "idle";
  #lastError: AnyStreamerError | undefined;
  #link: SocketLink | undefined;
  #retry: Timer | undefined;
  #failures = 0;

  constructor(config: ConnectionConfig, deps: ConnectionDeps, events: ConnectionEvents) {
    this.#config = config;
    this.#deps = deps;
    this.#events = events;
    // Nobody may be waiting when the client is closed.
    this.#closed.promise.catch(() => {});
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get lastError(): AnyStreamerError | undefined {
    return this.#lastError;
  }

  /** Begins to connect, unless that was begun before. */
  start(): void {
    if (this.#state !== "idle") return;
    this.#change("connecting");
    void this.#dial();
  }

  /**
   * Resolves when the connection is open.
   *
   * @throws {ServiceUnavailableError} when `close()` is called before.
   */
  async opened(): Promise<void> {
    await Promise.race([this.#closed.promise, this.#opened.promise]);
  }

  /** Only while `state` is `open`; what is sent on a socket that is just breaking is lost. */
  send(text: string): void {
    this.#link?.send(text);
  }

  /** The server said why it is about to disconnect. */
  noteError(error: AnyStreamerError): void {
    this.#change(this.#state, error);
  }

  async close(error: AnyStreamerError): Promise<void> {
    this.#retry?.cancel();
    if (this.#state !== "closed") {
      this.#closed.reject(error);
      this.#change("closed", this.#lastError);
    }
    await this.#link?.close();
  }

  /** Never throws: whatever goes wrong leads to the next attempt. */
  async #dial(): Promise<void> {
    try {
      const token = await this.#config.token();
      if (this.#state === "closed") return;
      const socket = new this.#deps.WebSocket(this.#config.url, [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token]);
      const link: SocketLink = new SocketLink(socket, this.#deps.clock, {
        onOpen: () => this.#onOpen(),
        onText: (text) => this.#events.onText(text),
        onEnd: (end) => this.#onEnd(end),
      });
      this.#link = link;
    } catch (cause) {
      // The token function failed, or gave what cannot be a subprotocol and so is no JWT.
      if (this.#state !== "closed") this.#retryLater(new UnauthorizedError({ cause }));
    }
  }

  #onOpen(): void {
    if (this.#state === "closed") return;
    this.#change("open");
    this.#opened.resolve();
    this.#events.onOpen();
  }

  #onEnd({ code, opened, openMs }: LinkEnd): void {
    this.#link = undefined;
    if (this.#state === "closed") return;
    if (openMs >= STABLE_AFTER_MS) this.#failures = 0;
    this.#deps.logger.debug("The connection ended.", { code, opened, open_ms: openMs });
    // What the server said before it disconnected tells more than the close code.
    const said = opened ? this.#lastError : undefined;
    if (opened) this.#opened = Promise.withResolvers();
    this.#retryLater(said ?? new ServiceUnavailableError({ details: { close_code: code, opened } }));
    if (opened) this.#events.onLost();
  }

  #retryLater(error: AnyStreamerError): void {
    const delayMs = backoffMs(RECONNECT_BACKOFF, this.#failures, this.#deps.random);
    this.#failures += 1;
    this.#retry = this.#deps.clock.after(delayMs, () => {
      this.#change(this.#state, this.#lastError);
      void this.#dial();
    });
    this.#change(this.#state === "open" ? "reconnecting" : this.#state, error, delayMs);
  }

  #change(state: ConnectionState, lastError?: AnyStreamerError, retryInMs?: number): void {
    this.#state = state;
    this.#lastError = lastError;
    this.changes.emit({ state, lastError, retryInMs });
  }
}
