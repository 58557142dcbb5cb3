/** Values by name, each for as long as somebody else holds it: what nobody can see any more costs nothing here. */
export class WeakValues<Value extends object> {
  readonly #references = new Map<string, WeakRef<Value>>();
  readonly #collected = new FinalizationRegistry<{ readonly name: string; readonly reference: WeakRef<Value> }>(({ name, reference }) => {
    // The name may have been given to another meanwhile.
    if (this.#references.get(name) === reference) this.#references.delete(name);
  });

  /** How many names are kept; one that lost its value goes soon after. */
  get size(): number {
    return this.#references.size;
  }

  get(name: string): Value | undefined {
    return this.#references.get(name)?.deref();
  }

  set(name: string, value: Value): void {
    const reference = new WeakRef(value);
    this.#references.set(name, reference);
    this.#collected.register(value, { name, reference });
  }

  delete(name: string): void {
    this.#references.delete(name);
  }
}
