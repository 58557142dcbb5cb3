export interface StoreListenersConfig {
  /** Somebody listens, and nobody did. */
  readonly onFirst?: () => void;
  /** Nobody listens any more. */
  readonly onLast?: () => void;
}

/** Who listens to a store: the components that show it. */
export class StoreListeners {
  readonly #config: StoreListenersConfig;
  readonly #listeners = new Set<{ readonly run: () => void }>();

  constructor(config: StoreListenersConfig) {
    this.#config = config;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** As `useSyncExternalStore` calls it. @returns what ends it. */
  readonly subscribe = (run: () => void): (() => void) => {
    // Wrapped, so that the same listener may be added twice.
    const listener = { run };
    this.#listeners.add(listener);
    if (this.size === 1) this.#config.onFirst?.();
    return () => {
      if (this.#listeners.delete(listener) && this.size === 0) this.#config.onLast?.();
    };
  };

  /** Something has changed. Who comes or goes meanwhile changes nothing of it. */
  tell(): void {
    const current = [...this.#listeners];
    for (const listener of current) listener.run();
  }
}
