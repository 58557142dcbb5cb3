const PREFIX = "streamer.console.shown.";

/** Where a bar stood when it was shown last: after a reload it does not jump back before it goes on. */
export interface Shown {
  readonly attempt: number;
  /** 0 to 100. */
  readonly percentage: number;
  readonly message: string;
}

export interface ShownStore {
  get(id: string): Shown | undefined;
  set(id: string, shown: Shown): void;
  remove(id: string): void;
}

/** An entry for each run, as bars move far more often than the list of runs changes. */
export function createShownStore(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">): ShownStore {
  return {
    get(id) {
      try {
        const { attempt, percentage, message } = JSON.parse(storage.getItem(PREFIX + id) ?? "null") as Partial<
          Record<keyof Shown, unknown>
        >;
        const whole = typeof attempt === "number" && typeof percentage === "number" && typeof message === "string";
        return whole ? { attempt, percentage, message } : undefined;
      } catch {
        // There is none, or something else stands there.
        return undefined;
      }
    },
    set(id, shown) {
      try {
        storage.setItem(PREFIX + id, JSON.stringify(shown));
      } catch {
        // No more room: after a reload the bar begins at what the server says.
      }
    },
    remove: (id) => storage.removeItem(PREFIX + id),
  };
}

/** What to show: the newest that is known of the newest attempt, as progress never falls within one. */
export function furthest<State extends Shown>(state: State, before: Shown | undefined): State {
  if (before === undefined || state.attempt > before.attempt || state.percentage >= before.percentage) return state;
  return { ...state, ...before };
}
