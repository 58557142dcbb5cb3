import { SUBPROTOCOL, ServiceUnavailableError, TOKEN_SUBPROTOCOL_PREFIX, UnauthorizedError } from "@streamer/protocol";
import type { AnyStreamerError, Clock } from "@streamer/protocol";
import type { WebSocketConstructor } from "../types.ts";
import { SocketLink } from "./socketLink.ts";

const VERSION = /^streamer\.v\d+$/;

export interface LineConfig {
  readonly url: string;
  /** Asked once a line. */
  readonly token: () => string | Promise<string>;
}

export interface LineDeps {
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
}

export interface LineEnd {
  readonly opened: boolean;
  readonly openMs: number;
  /** Why, as well as it is known: what the server said tells more than the close code. */
  readonly error: AnyStreamerError;
}

export interface LineEvents {
  onOpen(line: Line): void;
  onText(line: Line, text: string): void;
  /** Once, unless it was closed or dropped; nothing follows. */
  onEnd(line: Line, end: LineEnd): void;
}

/** One attempt to connect, from asking for the token on, and the socket that came of it. */
export class Line {
  /** Tells lines apart; later ones have higher numbers. */
  readonly number: number;
  readonly #deps: LineDeps;
  readonly #events: LineEvents;
  #token = "";
  #link: SocketLink | undefined;
  #said: AnyStreamerError | undefined;
  #over = false;

  constructor(number: number, config: LineConfig, deps: LineDeps, events: LineEvents) {
    this.number = number;
    this.#deps = deps;
    this.#events = events;
    void this.#dial(config);
  }

  /** What it was opened with. */
  get token(): string {
    return this.#token;
  }

  send(text: string): void {
    this.#link?.send(text);
  }

  /** The server said why it is about to disconnect. */
  note(error: AnyStreamerError): void {
    this.#said = error;
  }

  /** Gives it up for this reason; its end is told as any other. */
  fail(error: AnyStreamerError): void {
    this.#said = error;
    this.#link?.abandon();
  }

  /** Leaves it to itself; its end is not told. */
  drop(): void {
    this.#over = true;
    this.#link?.abandon();
  }

  /** Closes with 1000, and waits for that as `SocketLink` does; its end is not told. */
  async close(): Promise<void> {
    this.#over = true;
    await this.#link?.close();
  }

  /** Never throws: whatever goes wrong is an end. */
  async #dial({ url, token }: LineConfig): Promise<void> {
    const { WebSocket, clock } = this.#deps;
    try {
      // A function that throws at once must not end the line before its maker has it.
      this.#token = await (async () => token())();
      if (this.#over) return;
      const socket = new WebSocket(url, [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + this.#token]);
      this.#link = new SocketLink(socket, clock, {
        onOpen: () => this.#onOpen(socket.protocol),
        onText: (text) => this.#over || this.#events.onText(this, text),
        onEnd: ({ code, opened, openMs }) =>
          this.#end({ opened, openMs, error: this.#said ?? new ServiceUnavailableError({ details: { close_code: code, opened } }) }),
      });
    } catch (cause) {
      // The token function failed, or gave what cannot be a subprotocol and so is no JWT.
      this.#end({ opened: false, openMs: 0, error: new UnauthorizedError({ cause }) });
    }
  }

  #onOpen(chosen: string | undefined): void {
    if (this.#over) return;
    if (chosen === undefined || chosen === SUBPROTOCOL) this.#events.onOpen(this);
    else {
      // What is no version may be anything, the token too, and errors are logged.
      const spoken = VERSION.test(chosen) ? chosen : "another protocol";
      const cause = new Error(
        `The server speaks ${spoken}, this client ${SUBPROTOCOL}. Use a version of @streamer/client for that server.`,
      );
      this.fail(new ServiceUnavailableError({ cause, details: { reason: "protocol", expected: SUBPROTOCOL, spoken } }));
    }
  }

  #end(end: LineEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.onEnd(this, end);
  }
}
