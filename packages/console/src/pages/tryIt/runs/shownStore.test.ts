import { expect, test } from "vitest";
import { createShownStore, furthest } from "./shownStore.ts";

const at = (attempt: number, percentage: number) => ({ attempt, percentage, message: `at ${percentage}` });

test("a bar stands where it stood until the same attempt is further, or another begins", () => {
  expect(furthest(at(0, 0), at(1, 45))).toEqual(at(1, 45));
  expect(furthest(at(1, 30), at(1, 45))).toEqual(at(1, 45));
  expect(furthest(at(1, 50), at(1, 45))).toEqual(at(1, 50));
  expect(furthest(at(2, 10), at(1, 45))).toEqual(at(2, 10));
  expect(furthest(at(1, 10), undefined)).toEqual(at(1, 10));
});

test("what was shown is kept until it is removed; what is broken, and a full storage, cost nothing", () => {
  const kept = new Map<string, string>();
  const store = createShownStore({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });
  store.set("r1", at(1, 45));
  expect(store.get("r1")).toEqual(at(1, 45));
  store.remove("r1");
  expect([store.get("r1"), kept.size]).toEqual([undefined, 0]);
  for (const text of ["{", "7", '{"attempt":1}']) {
    const broken = createShownStore({ getItem: () => text, setItem: throwFull, removeItem: () => {} });
    broken.set("r1", at(1, 1));
    expect(broken.get("r1")).toBeUndefined();
  }
});

function throwFull(): never {
  throw new DOMException("full", "QuotaExceededError");
}
