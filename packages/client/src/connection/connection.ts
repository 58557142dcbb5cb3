import { ServiceUnavailableError } from "@streamer/protocol";
import type { AnyStreamerError, Timer } from "@streamer/protocol";
import { RECONNECT_BACKOFF, backoffMs } from "../backoff.ts";
import { deferred } from "../deferred.ts";
import { Listeners } from "../listeners.ts";
import type { ClientLogger, ConnectionState, StateChange } from "../types.ts";
import { Line } from "./line.ts";
import type { LineConfig, LineDeps, LineEnd } from "./line.ts";
import type { Network } from "./network.ts";
import { Rollover } from "./rollover.ts";
import { TokenRenewal } from "./tokenRenewal.ts";

/** A connection that lived this long counts as a success; one that ends sooner makes the next delay longer. */
export const STABLE_AFTER_MS = 5_000;

export interface ConnectionConfig extends LineConfig {
  readonly rolloverAfterMs: number;
}

export interface ConnectionDeps extends LineDeps {
  readonly random: () => number;
  readonly logger: ClientLogger;
  readonly network: Network;
}

export interface ConnectionEvents {
  /** It is open, for the first time or again after a loss. */
  onOpen(): void;
  /** Frames go to another line from here on; nothing was lost. The line before may still bring answers. */
  onMoved(): void;
  onText(text: string, line: number): void;
  /** Nothing will come from this line any more; there is another. */
  onLineGone(line: number): void;
  /** It was open and is not any more. */
  onLost(): void;
  /** Whether something is still expected from this line. */
  isNeeded(line: number): boolean;
}

/**
 * Keeps one connection open: asks for a token, connects, and after any end but `close()` backs off and connects again, for ever. Before the
 * platform cuts a line it has moved to another.
 */
export class Connection {
  readonly changes = new Listeners<StateChange>();
  readonly #config: ConnectionConfig;
  readonly #deps: ConnectionDeps;
  readonly #events: ConnectionEvents;
  readonly #closed = deferred<never>();
  readonly #rollover: Rollover;
  #opened = deferred<void>();
  #state: ConnectionState = "idle";
  #wasOpen = false;
  #lastError: AnyStreamerError | undefined;
  #lines = 0;
  #line: Line | undefined;
  #renewal: TokenRenewal | undefined;
  #retry: Timer | undefined;
  #failures = 0;
  #unwatchNetwork = (): void => {};

  constructor(config: ConnectionConfig, deps: ConnectionDeps, events: ConnectionEvents) {
    this.#config = config;
    this.#deps = deps;
    this.#events = events;
    this.#rollover = new Rollover(config, deps, {
      dial: () => this.#newLine(),
      isNeeded: (line) => events.isNeeded(line.number),
      onGone: (line) => events.onLineGone(line.number),
    });
    // Nobody may be waiting when the client is closed.
    this.#closed.promise.catch(() => {});
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get lastError(): AnyStreamerError | undefined {
    return this.#lastError;
  }

  /** The number of the line that frames are sent on; `undefined` while there is none. */
  get openLine(): number | undefined {
    return this.#state === "open" ? this.#line?.number : undefined;
  }

  /** Begins to connect, unless that was begun before. */
  start(): void {
    if (this.#state !== "idle") return;
    this.#unwatchNetwork = this.#deps.network.onChange(() => this.#onNetwork());
    this.#tryNow();
  }

  /**
   * Resolves when the connection is open.
   *
   * @throws {ServiceUnavailableError} when `close()` is called before.
   */
  async opened(): Promise<void> {
    await Promise.race([this.#closed.promise, this.#opened.promise]);
  }

  /** Only while it is open; what is sent on a socket that is just breaking is lost. */
  send(text: string): void {
    this.#line?.send(text);
  }

  /** An error that names no request. @param final whether the server disconnects next. */
  onError(error: AnyStreamerError, final: boolean, line: number): void {
    // One that is being left has said enough.
    if (line !== this.#line?.number) return;
    if (final) {
      this.#line.note(error);
      this.#change(this.#state, error);
    } else this.#renewal?.onError(error);
  }

  onAuthenticated(expiresAtSeconds: number): void {
    this.#renewal?.onAuthenticated(expiresAtSeconds);
  }

  /** Something that was expected may have come: a line that is being left may be closed by now. */
  settleLeaving(): void {
    this.#rollover.settleLeaving();
  }

  async close(error: AnyStreamerError): Promise<void> {
    const others = this.#rollover.letGo();
    this.#stopTimers();
    this.#unwatchNetwork();
    if (this.#state !== "closed") {
      this.#closed.reject(error);
      this.#change("closed", this.#lastError);
    }
    await this.#line?.close();
    await others;
  }

  #newLine(): Line {
    this.#lines += 1;
    return new Line(this.#lines, this.#config, this.#deps, {
      onOpen: (line) => this.#onOpen(line),
      onText: (line, text) => this.#events.onText(text, line.number),
      onEnd: (line, end) => this.#onEnd(line, end),
    });
  }

  #onOpen(line: Line): void {
    const before = this.#line;
    if (line !== before) {
      if (before === undefined || !this.#rollover.isSuccessor(line)) return;
      this.#line = line;
      this.#startLife(line);
      this.#rollover.leave(before);
      this.#events.onMoved();
      this.#rollover.settleLeaving();
      return;
    }
    this.#startLife(line);
    this.#wasOpen = true;
    this.#change("open");
    this.#opened.resolve();
    this.#events.onOpen();
  }

  #startLife(line: Line): void {
    const { clock, random } = this.#deps;
    this.#renewal?.stop();
    this.#renewal = new TokenRenewal(line.token, {
      token: this.#config.token,
      clock,
      random,
      send: (text) => line.send(text),
      onRefused: (error) => line.fail(error),
    });
    this.#rollover.plan();
  }

  #onEnd(line: Line, { opened, openMs, error }: LineEnd): void {
    this.#deps.logger.debug("A connection ended.", { line: line.number, code: error.details?.["close_code"], opened, open_ms: openMs });
    if (line !== this.#line) {
      this.#rollover.onEnd(line);
      return;
    }
    if (openMs >= STABLE_AFTER_MS) this.#failures = 0;
    const heir = this.#state === "open" ? this.#rollover.heir() : undefined;
    if (heir === undefined) {
      this.#line = undefined;
      this.#lost(() => this.#retryLater(error));
    } else {
      // The line before is still there: frames go to it again.
      this.#line = heir;
      this.#startLife(heir);
      this.#rollover.planSoon();
      this.#events.onMoved();
      this.#events.onLineGone(line.number);
    }
  }

  /** What the network is has changed, or may have. */
  #onNetwork(): void {
    if (!this.#deps.network.isOnline()) {
      if (this.#state === "offline") return;
      this.#line?.drop();
      this.#line = undefined;
      this.#lost(() => this.#goOffline());
    } else if (this.#state === "offline" || this.#retry !== undefined) {
      this.#failures = 0;
      this.#tryNow();
    }
  }

  #lost(next: () => void): void {
    const wasOpen = this.#state === "open";
    this.#stopTimers();
    if (wasOpen) this.#opened = deferred();
    next();
    if (wasOpen) this.#events.onLost();
  }

  #retryLater(error: AnyStreamerError): void {
    if (!this.#deps.network.isOnline()) return this.#goOffline();
    const delayMs = backoffMs(RECONNECT_BACKOFF, this.#failures, this.#deps.random);
    this.#failures += 1;
    this.#retry = this.#deps.clock.after(delayMs, () => this.#tryNow());
    this.#change(this.#wasOpen ? "reconnecting" : "connecting", error, delayMs);
  }

  #goOffline(): void {
    this.#change("offline", new ServiceUnavailableError({ details: { reason: "offline" } }));
  }

  #tryNow(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    if (!this.#deps.network.isOnline()) return this.#goOffline();
    const cause = this.#state === "offline" ? undefined : this.#lastError;
    this.#change(this.#wasOpen ? "reconnecting" : "connecting", cause);
    // A listener may have closed the client.
    if (this.#state !== "closed") this.#line = this.#newLine();
  }

  #stopTimers(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#renewal?.stop();
    this.#renewal = undefined;
    this.#rollover.stop();
  }

  #change(state: ConnectionState, lastError?: AnyStreamerError, retryInMs?: number): void {
    this.#state = state;
    this.#lastError = lastError;
    this.changes.emit({ state, lastError, retryInMs });
  }
}
