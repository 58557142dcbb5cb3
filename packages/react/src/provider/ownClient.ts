import { createClient } from "@streamer/client";
import type { CreateClientOptions, TypedClient, WebSocketConstructor } from "@streamer/client";
import type { Actions } from "@streamer/protocol";

/** A client that a provider has made and so closes. */
export interface OwnClient {
  readonly api: TypedClient<Actions>;
  /** A closed client is of no use any more. */
  readonly closed: boolean;
  /** Connects. @returns what closes the client, unless it is used again in the same task, as StrictMode does. */
  use(): () => void;
}

/** Makes a client, and touches nothing until it is used: rendering on a server is safe. */
export function createOwnClient(options: CreateClientOptions): OwnClient {
  const api = createClient<Actions>({ ...options, WebSocket: options.WebSocket ?? globalWebSocket() });
  let users = 0;
  let closed = false;
  const closeUnlessUsed = (): void => {
    if (users > 0 || closed) return;
    closed = true;
    void api.$client.close();
  };
  return {
    api,
    get closed() {
      return closed;
    },
    use() {
      users += 1;
      void api.$client.connect();
      return () => {
        users -= 1;
        queueMicrotask(closeUnlessUsed);
      };
    },
  };
}

/** Node 20 has none, and needs none to render. */
function globalWebSocket(): WebSocketConstructor {
  const { WebSocket = NoWebSocket } = globalThis as { readonly WebSocket?: WebSocketConstructor };
  return WebSocket;
}

const NoWebSocket = function noWebSocket(): never {
  throw new TypeError("This runtime has no global WebSocket. Pass the option `WebSocket` to the StreamerProvider.");
} as unknown as WebSocketConstructor;
