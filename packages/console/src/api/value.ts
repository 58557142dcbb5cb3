/** A value that is watched. `get` gives the same object until it has changed, as `useSyncExternalStore` wants it. */
export interface Readable<Value> {
  readonly get: () => Value;
  /** @returns what stops it. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface Writable<Value> extends Readable<Value> {
  set(value: Value): void;
}

export function createValue<Value>(initial: Value): Writable<Value> {
  let current = initial;
  const listeners = new Set<{ readonly run: () => void }>();
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of Array.from(listeners)) listener.run();
    },
    subscribe(run) {
      // Wrapped, so that the same function may listen twice.
      const listener = { run };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
