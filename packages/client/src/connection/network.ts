/** Whether there is a network at all. */
export interface Network {
  /** False only when it is known that there is none. */
  isOnline(): boolean;
  /** Calls `listener` when that may have changed. @returns what stops it. */
  onChange(listener: () => void): () => void;
}

interface Scope {
  readonly navigator?: { readonly onLine?: boolean };
  addEventListener?(type: "online" | "offline", listener: () => void): void;
  removeEventListener?(type: "online" | "offline", listener: () => void): void;
}

/**
 * What a browser or a worker knows of its network. Node knows nothing, and so is always online. A server on this very machine is reached
 * without one: for it only the hint counts that the network is back.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/API/Navigator/onLine
 */
export function browserNetwork(url: string, scope: Scope = globalThis): Network {
  const local = LOOPBACK.test(new URL(url).hostname);
  return {
    isOnline: () => local || scope.navigator?.onLine !== false,
    onChange(listener) {
      scope.addEventListener?.("online", listener);
      scope.addEventListener?.("offline", listener);
      return () => {
        scope.removeEventListener?.("online", listener);
        scope.removeEventListener?.("offline", listener);
      };
    },
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
