/**
 * Who wants to hear of something. As with `EventTarget`, an error that a listener throws is reported as uncaught and stops
 * neither the others nor the caller.
 */
export class Listeners<Value> {
  readonly #listeners = new Set<{ readonly run: (value: Value) => void }>();

  /** @returns what removes the listener again. */
  add(run: (value: Value) => void): () => void {
    // Wrapped, so that the same function added twice is heard twice and removed once at a time.
    const listener = { run };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(value: Value): void {
    // Those who are added or removed meanwhile change the next emission, not this one.
    const current = [...this.#listeners];
    for (const listener of current) {
      try {
        listener.run(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
