import { expect, test } from "vitest";
import type { ChaosChange, ChaosView } from "../../../contract.ts";
import { createChaosStore } from "./chaosStore.ts";

const calm: ChaosView = {
  on: false,
  seed: 7,
  rates: { post_gone: 0, post_slow: 0 },
  roughRates: { post_gone: 0.01, post_slow: 0.05 },
  counts: {},
};

/** A stack whose answers come when the test lets them. */
function createStack() {
  let state = calm;
  const changes: ChaosChange[] = [];
  const refused: string[] = [];
  const waiting: { readonly answer: () => void; readonly fail: (error: Error) => void }[] = [];
  const held = <Answer>(answerOf: () => Answer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.push({ answer: () => resolve(answerOf()), fail: reject });
    });
  const store = createChaosStore(calm, {
    api: {
      chaos: () => {
        const then = state;
        return held(() => then);
      },
      changeChaos: (change) => {
        changes.push(change);
        return held(() => {
          state = { ...state, on: change.on ?? state.on, rates: { ...state.rates, ...change.rates } };
          return state;
        });
      },
    },
    onRefused: (sentence) => refused.push(sentence),
  });
  const next = () => {
    const call = waiting.shift();
    if (call === undefined) throw new Error("Nothing was asked of the stack.");
    return call;
  };
  return { store, changes, refused, next, set: (change: Partial<ChaosView>) => (state = { ...state, ...change }) };
}

test("a change is shown before the stack has answered", () => {
  const { store } = createStack();
  void store.change({ rates: { post_gone: 0.5 } });
  expect(store.view.get().rates).toEqual({ post_gone: 0.5, post_slow: 0 });
});

test("changes made while one is sent are sent together after it, and what is shown does not jump back", async () => {
  const { store, changes, next } = createStack();
  const done = store.change({ rates: { post_gone: 0.1 } });
  void store.change({ rates: { post_gone: 0.2 } });
  void store.change({ on: true, rates: { post_slow: 0.3 } });
  next().answer();
  await expect.poll(() => changes).toHaveLength(2);
  expect(changes[1]).toEqual({ on: true, rates: { post_gone: 0.2, post_slow: 0.3 } });
  expect(store.view.get().rates).toEqual({ post_gone: 0.2, post_slow: 0.3 });
  next().answer();
  await done;
  expect(store.view.get()).toEqual({ ...calm, on: true, rates: { post_gone: 0.2, post_slow: 0.3 } });
});

test("a change that is refused is taken back, and said", async () => {
  const { store, refused, next } = createStack();
  const done = store.change({ on: true });
  next().fail(new Error("A rate is a share from 0 to 1."));
  await done;
  expect(store.view.get()).toEqual(calm);
  expect(refused).toEqual(["A rate is a share from 0 to 1."]);
});

test("after a refused change the next one is sent", async () => {
  const { store, next } = createStack();
  const refused = store.change({ on: true });
  next().fail(new Error("No."));
  await refused;
  const done = store.change({ on: true });
  next().answer();
  await done;
  expect(store.view.get().on).toBe(true);
});

test("counts are fetched anew", async () => {
  const { store, next, set } = createStack();
  set({ counts: { post_gone: 3 } });
  const done = store.refresh();
  next().answer();
  await done;
  expect(store.view.get().counts).toEqual({ post_gone: 3 });
});

test("an answer that was asked for before a change does not undo it", async () => {
  const { store, next } = createStack();
  const refreshed = store.refresh();
  const changed = store.change({ on: true });
  const [first, second] = [next(), next()];
  second.answer();
  await changed;
  first.answer();
  await refreshed;
  expect(store.view.get().on).toBe(true);
});

test("a stack that does not answer leaves what is shown", async () => {
  const { store, refused, next } = createStack();
  const done = store.refresh();
  next().fail(new Error("Gone."));
  await done;
  expect(store.view.get()).toEqual(calm);
  expect(refused).toEqual([]);
});
