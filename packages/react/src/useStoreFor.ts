import { useState } from "react";

/**
 * What `create` made for these keys: the same until one of them changes. Unlike a memo, React never forgets it, and with it a request
 * that is under way.
 */
export function useStoreFor<Store>(keys: readonly unknown[], create: () => Store): Store {
  const [held, setHeld] = useState(() => ({ keys, store: create() }));
  if (keys.every((key, index) => Object.is(key, held.keys[index]))) return held.store;
  const next = { keys, store: create() };
  setHeld(next);
  return next.store;
}
