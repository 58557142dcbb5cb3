import { StreamerClient } from "@streamer/client";
import type { RequestHandle, StreamerClientOptions, Update } from "@streamer/client";
import { WebSocket } from "ws";
import type { Seen } from "./judge.ts";

/** Somebody who watches a request, whatever happens to their socket. */
export interface Watcher {
  readonly name: string;
  readonly requestId: string;
  readonly seen: Seen;
  /** Its updates have come to their end. */
  readonly ended: boolean;
  /** As its handle says; of one that was reloaded, the newest. */
  readonly status: string;
  /** Resolves when its updates have come to their end. */
  readonly end: Promise<void>;
  cut(): void;
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export interface WatcherOptions {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly requestId: string;
  readonly after: number;
  /** Sends the request itself. Default: it watches what others have sent. */
  readonly submit?: (client: StreamerClient) => RequestHandle;
}

export interface StartedWatcher extends Watcher {
  readonly handle: RequestHandle;
}

export function startWatcher({ name, url, token, requestId, after, submit }: WatcherOptions): StartedWatcher {
  const updates: Update[] = [];
  const end = Promise.withResolvers<void>();
  const sockets = new Set<WebSocket>();
  /** As the platform's own, but one that can be cut. */
  class OwnSocket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols);
      sockets.add(this);
      this.on("close", () => sockets.delete(this));
    }
  }
  // Its events are the standard's; only its types are more than the client needs.
  const Socket = OwnSocket as unknown as NonNullable<StreamerClientOptions["WebSocket"]>;
  const open = (): StreamerClient => new StreamerClient(url, { token, WebSocket: Socket });
  let client = open();
  let handle = submit === undefined ? client.get(requestId, { after }) : submit(client);
  const first = handle;
  let leaving: RequestHandle | undefined;
  let ended = false;
  let stopped = false;

  const follow = async (followed: RequestHandle): Promise<void> => {
    for await (const update of followed.updates()) updates.push(update);
    // A closed client ends them too.
    if (followed === leaving || stopped) return;
    ended = true;
    end.resolve();
  };
  let following = follow(handle);
  /** One reload after the other. */
  let turn: Promise<void> = Promise.resolve();

  const reload = async (): Promise<void> => {
    if (ended || stopped) return;
    const [old, before] = [client, handle];
    client = open();
    // Its updates end when the client is closed: that is not the end of the request.
    leaving = before;
    await old.close();
    await following;
    handle = client.get(requestId, { after: updates.at(-1)?.sequence ?? after });
    following = follow(handle);
  };

  return {
    name,
    requestId,
    seen: { after, updates },
    handle: first,
    get ended() {
      return ended;
    },
    get status() {
      return handle.status;
    },
    end: end.promise,
    cut() {
      for (const socket of sockets) socket.terminate();
    },
    reload() {
      turn = turn.then(reload);
      return turn;
    },
    async stop() {
      await turn;
      stopped = true;
      await client.close();
      await following;
    },
  };
}
