/** What became of a change to the app's sources. */
export interface Reloaded {
  /** Names of the functions that run the new code from their next event on. */
  readonly functions: readonly string[];
  /** Asynchronous actions that are worked on from now on. */
  readonly added: readonly string[];
  /** Asynchronous actions whose work is not taken any more; their waiting requests stay. */
  readonly removed: readonly string[];
  /** Sentences for a person: what asks for a restart, what stays. */
  readonly notes: readonly string[];
  /** Why some of it, or all, still runs the code it had; with the place, where there is one. */
  readonly error?: string;
  /** From the first change seen until the new code is ready. */
  readonly durationMs: number;
}

/** Tells what became of changes. */
export interface Reloads {
  /** @returns takes the listener away. */
  subscribe(listener: (reloaded: Reloaded) => void): () => void;
}
