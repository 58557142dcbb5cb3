import type { WebSocketConstructor } from "@streamer/client";
import { WebSocket } from "ws";

/** Why an attempt to connect came to nothing: the status of the refused upgrade, or what the network said. */
export type DialFailure = { readonly status: number } | { readonly cause: Error };

/** A WebSocket for the client that tells what the standard's keeps to itself: how an upgrade was refused. */
export function tellingSocket(onFailure: (failure: DialFailure) => void): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      let refused = false;
      let opened = false;
      this.once("open", () => (opened = true));
      this.once("unexpected-response", (_, response) => {
        refused = true;
        onFailure({ status: response.statusCode ?? 0 });
        response.destroy();
        this.terminate();
      });
      this.on("error", (cause) => {
        if (!refused && !opened) onFailure({ cause });
      });
    }
  };
}
