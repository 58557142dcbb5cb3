import { createValue, sentenceOf } from "../../../api/index.ts";
import type { ConsoleApi, Readable } from "../../../api/index.ts";
import type { ChaosChange, ChaosView } from "../../../contract.ts";

/** Chaos as it is shown: what one sets is seen at once, and sent in order, one call at a time. */
export interface ChaosStore {
  readonly view: Readable<ChaosView>;
  /** Resolves when all that was changed is with the stack, or was refused; then what is shown is as the stack has it. Never rejects. */
  change(change: ChaosChange): Promise<void>;
  /** Fetches it anew. What was changed meanwhile is not overwritten. Never rejects. */
  refresh(): Promise<void>;
}

export interface ChaosStoreDeps {
  readonly api: Pick<ConsoleApi, "chaos" | "changeChaos">;
  /** Told a sentence when a change was refused. */
  readonly onRefused: (sentence: string) => void;
}

export function createChaosStore(initial: ChaosView, { api, onRefused }: ChaosStoreDeps): ChaosStore {
  const view = createValue(initial);
  let confirmed = initial;
  let waiting: ChaosChange | undefined;
  let sending: Promise<void> | undefined;
  /** Another number after each change: an answer from before it is out of date. */
  let version = 0;

  const send = async (): Promise<void> => {
    while (waiting !== undefined) {
      const change = waiting;
      waiting = undefined;
      try {
        confirmed = await api.changeChaos(change);
        view.set(waiting === undefined ? confirmed : changed(confirmed, waiting));
      } catch (error) {
        waiting = undefined;
        view.set(confirmed);
        onRefused(sentenceOf(error));
      }
    }
    sending = undefined;
  };

  return {
    view,
    change(change) {
      version += 1;
      waiting = waiting === undefined ? change : merged(waiting, change);
      view.set(changed(view.get(), change));
      sending ??= send();
      return sending;
    },
    async refresh() {
      if (sending !== undefined) return;
      const asked = version;
      try {
        const fresh = await api.chaos();
        if (asked !== version) return;
        confirmed = fresh;
        view.set(fresh);
      } catch {
        // What is shown stays; the shell says when the stack does not answer.
      }
    },
  };
}

function merged(one: ChaosChange, other: ChaosChange): ChaosChange {
  const rates = { ...one.rates, ...other.rates };
  return { ...one, ...other, ...(Object.keys(rates).length === 0 ? {} : { rates }) };
}

function changed(view: ChaosView, { on, rates }: ChaosChange): ChaosView {
  return { ...view, on: on ?? view.on, rates: { ...view.rates, ...rates } };
}
