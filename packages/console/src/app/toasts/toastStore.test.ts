import { createFakeClock } from "@streamer/protocol/testing";
import { expect, test } from "vitest";
import { createToastStore } from "./toastStore.ts";

function setUp() {
  const clock = createFakeClock();
  const store = createToastStore({ clock });
  return { clock, store, texts: () => store.toasts.get().map(({ text }) => text) };
}

test("a toast goes after six seconds, one that tells of trouble stays until it is dismissed", async () => {
  const { clock, store, texts } = setUp();
  store.show("Done.", "good");
  store.show("It failed.", "bad");
  await clock.advance(6_000);
  expect(texts()).toEqual(["It failed."]);
  store.dismiss(store.toasts.get()[0]?.id ?? 0);
  expect(texts()).toEqual([]);
});

test("the same sentence stands there once, and four are shown at most", () => {
  const { store, texts } = setUp();
  for (const text of ["a", "b", "a", "c", "d", "e"]) store.show(text);
  expect(texts()).toEqual(["a", "c", "d", "e"]);
});
