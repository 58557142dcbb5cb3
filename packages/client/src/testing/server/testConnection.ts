import { TOKEN_SUBPROTOCOL_PREFIX, encodeServerMessage } from "@streamer/protocol";
import type { ClientMessage, ServerMessage } from "@streamer/protocol";
import { identityOf } from "./testToken.ts";
import type { TestIdentity } from "./testToken.ts";
import type { ServerSocket } from "./testWebSocket.ts";

/** The server's end of one connection. */
export interface TestConnection {
  readonly id: string;
  /** What the client offered, the entry with the token included. */
  readonly protocols: readonly string[];
  /** The token that is in force; `authenticate` replaces it. */
  readonly token: string;
  readonly open: boolean;
  /** The close code, once it has ended. */
  readonly closeCode: number | undefined;
  /** Every message that came and could be read, defaults filled in. */
  readonly received: readonly ClientMessage[];
  /** Sends what no script says. @throws {ValiError} when it is no message of the protocol. */
  send(message: ServerMessage): void;
  /** Sends what the protocol would not write. */
  sendText(text: string): void;
  /** Breaks it without a closing handshake: the client sees 1006. */
  drop(): void;
  /** Closes it as the platform would: 1001 after 2 hours, 1012 for a restart … */
  close(code: number): void;
}

/** The same, as the server itself has it. */
export interface ServerConnection extends TestConnection {
  readonly identity: TestIdentity;
  /** Whether its token was told to be good no longer. */
  tokenRevoked: boolean;
  renew(token: string): void;
  note(message: ClientMessage): void;
  ended(code: number): void;
}

export type Line = (text: string, message?: ServerMessage) => void;

export function createServerConnection(
  id: string,
  token: string,
  protocols: readonly string[],
  socket: ServerSocket,
  line: Line,
): ServerConnection {
  const received: ClientMessage[] = [];
  let current = token;
  let identity = identityOf(token);
  let closeCode: number | undefined;
  return {
    id,
    protocols,
    received,
    tokenRevoked: false,
    get token() {
      return current;
    },
    get identity() {
      return identity;
    },
    get open() {
      return closeCode === undefined;
    },
    get closeCode() {
      return closeCode;
    },
    send(message) {
      if (closeCode === undefined) line(encodeServerMessage(message), message);
    },
    sendText(text) {
      if (closeCode === undefined) line(text);
    },
    drop: () => socket.end(1006),
    close: (code) => socket.end(code),
    renew(renewed) {
      current = renewed;
      identity = identityOf(renewed);
      this.tokenRevoked = false;
    },
    note: (message) => void received.push(message),
    ended: (code) => void (closeCode = code),
  };
}

/** The token of an upgrade, as PROTOCOL.md says: the subprotocol entry, else the query parameter. */
export function tokenOf(url: string, protocols: readonly string[]): string | undefined {
  const entry = protocols.find((protocol) => protocol.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
  return entry?.slice(TOKEN_SUBPROTOCOL_PREFIX.length) ?? new URL(url).searchParams.get("Authorization") ?? undefined;
}
