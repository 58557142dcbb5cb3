import type { AnyStreamerError, Clock, ServerMessage } from "@streamer/protocol";
import type { Transport } from "./requests/outbox.ts";
import type { ClientLogger, FetchLike } from "./types.ts";
import type { Check } from "./wire/checks.ts";

/**
 * A part of the client that is loaded only by pages that use it, such as batches and topics: it sends frames of its own over the client's
 * connection and hears what comes.
 */
export interface Extension {
  /** The messages that only it knows, by type: what is not among them, or does not pass, is ignored. */
  readonly checks: Readonly<Record<string, Check>>;
  /** Every message that could be read, those of single requests too. */
  onMessage(message: ServerMessage, line: number): void;
  /** Frames may be sent, perhaps on another line than before: it opened, moved, or the server's pause is over. Called more often than needed. */
  changed(): void;
  /** The server failed at a frame of this line, and does not say which. */
  onGatewayFrame(line: number): void;
  /** Nothing will come from this line any more; there is another. */
  onLineGone(line: number): void;
  /** The connection was open and is not any more. */
  onLost(): void;
  /** Whether it expects something from this line. */
  needs(line: number): boolean;
  /** The client is closed. */
  close(error: AnyStreamerError): void;
}

/** What the client gives an extension. */
export interface ExtensionHost {
  /** Its `line` is `undefined` while nothing may be sent. */
  readonly transport: Transport;
  readonly fetch: FetchLike;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly logger: ClientLogger;
  /** Connects, unless that was begun before. */
  readonly start: () => void;
  /** After `RATE_LIMITED`: nothing is sent for so long, by anybody. */
  readonly pause: (ms: number) => void;
  /** Why the client is closed; `undefined` while it is not. */
  readonly closedBy: () => AnyStreamerError | undefined;
}

/** The method of a client that gives its extension of a kind, made at the first call. For the parts of this package only. */
export const EXTEND: unique symbol = Symbol("extend");

export class Extensions {
  readonly #byKind = new Map<(host: ExtensionHost) => Extension, Extension>();
  readonly #host: ExtensionHost;
  readonly checks = new Map<string, Check>();

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  of<E extends Extension>(kind: (host: ExtensionHost) => E): E {
    const known = this.#byKind.get(kind);
    // It was made by this very function.
    if (known !== undefined) return known as E;
    const made = kind(this.#host);
    this.#byKind.set(kind, made);
    for (const [type, check] of Object.entries(made.checks)) this.checks.set(type, check);
    return made;
  }

  forAll(run: (extension: Extension) => void): void {
    for (const extension of this.#byKind.values()) run(extension);
  }

  needs(line: number): boolean {
    return [...this.#byKind.values()].some((extension) => extension.needs(line));
  }
}
