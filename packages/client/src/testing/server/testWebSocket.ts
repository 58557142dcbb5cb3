import { SUBPROTOCOL } from "@streamer/protocol";
import type { WebSocketLike } from "../../types.ts";

/** The server's end of a socket in memory. */
export interface ServerSocket {
  /** Gives the client a frame, unless the socket has ended. */
  deliver(text: string): void;
  /** Ends it as the server or the platform would, with this close code. 1006: it broke, without a closing handshake. */
  end(code: number): void;
}

/** What a server does with sockets that clients open. */
export interface SocketHost {
  /** A client asks for a connection. Gives what hears of it, or `"refuse"`, or `"ignore"`: it is never answered. */
  onUpgrade(url: string, protocols: readonly string[], socket: ServerSocket): ServerSocketEvents | "refuse" | "ignore";
  /** Runs `deliver` when a frame has crossed the network. */
  cross(deliver: () => void): void;
}

export interface ServerSocketEvents {
  onOpen(): void;
  onText(text: string): void;
  /** The client sent bytes. */
  onBinary(): void;
  /** Once; the close code that the client sees. */
  onEnd(code: number): void;
}

/** The part of the standard WebSocket that the client uses, and what tests like to look at. */
export interface TestWebSocket extends WebSocketLike {
  readonly url: string;
  readonly protocol: string;
  readonly readyState: number;
}

/** The class of sockets that lead to a server in memory: pass it as the option `WebSocket` of a client. */
export type TestWebSocketClass = new (url: string, protocols: string[]) => TestWebSocket;

/** The states of the standard WebSocket. */
const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

type SocketEvent = Event & { readonly data: unknown; readonly code: number };

/** A class like the standard `WebSocket`, whose other end is `host`. Everything happens in later microtasks, as on a real network. */
export function createWebSocketClass(host: SocketHost): TestWebSocketClass {
  return class InMemoryWebSocket extends EventTarget {
    static readonly CONNECTING = CONNECTING;
    static readonly OPEN = OPEN;
    static readonly CLOSING = CLOSING;
    static readonly CLOSED = CLOSED;
    readonly url: string;
    readyState: number = CONNECTING;
    /** The subprotocol that the server chose. */
    protocol = "";
    readonly #events: ServerSocketEvents | undefined;

    constructor(url: string, offered: readonly string[] = []) {
      super();
      this.url = url;
      const answer = host.onUpgrade(this.url, offered, { deliver: (text) => this.#receive(text), end: (code) => this.#end(code) });
      if (typeof answer === "string") {
        if (answer === "refuse") host.cross(() => this.#end(1006));
        return;
      }
      this.#events = answer;
      host.cross(() => {
        if (this.readyState !== CONNECTING) return;
        this.readyState = OPEN;
        if (offered.includes(SUBPROTOCOL)) this.protocol = SUBPROTOCOL;
        this.dispatchEvent(new Event("open"));
        answer.onOpen();
      });
    }

    override addEventListener(type: "open" | "error", listener: () => void): void;
    override addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
    override addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
    override addEventListener(type: string, listener: (event: SocketEvent) => void): void {
      super.addEventListener(type, listener as (event: Event) => void);
    }

    /** @throws {DOMException} `InvalidStateError` before it is open, as the standard says. */
    send(data: string | ArrayBufferLike | ArrayBufferView): void {
      if (this.readyState === CONNECTING) throw new DOMException("The WebSocket is not open yet.", "InvalidStateError");
      if (this.readyState !== OPEN) return;
      host.cross(() => {
        if (this.readyState === CLOSED) return;
        if (typeof data === "string") this.#events?.onText(data);
        else this.#events?.onBinary();
      });
    }

    close(code = 1005): void {
      if (this.readyState >= CLOSING) return;
      const opened = this.readyState === OPEN;
      this.readyState = CLOSING;
      host.cross(() => this.#end(opened ? code : 1006));
    }

    #receive(text: string): void {
      if (this.readyState === OPEN) this.dispatchEvent(Object.assign(new Event("message"), { data: text }));
    }

    #end(code: number): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.#events?.onEnd(code);
      if (code === 1006) this.dispatchEvent(new Event("error"));
      this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "", wasClean: code !== 1006 }));
    }
  };
}
