// @vitest-environment jsdom
import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { useLoaded } from "./useLoaded.ts";

test("what another key gave is not shown, and its late answer does not count", async () => {
  const answers = new Map<string, (value: string) => void>();
  const load = (key: string) => () => new Promise<string>((resolve) => answers.set(key, resolve));
  const hook = renderHook(({ key }) => useLoaded(key, load(key)), { initialProps: { key: "a" } });
  expect(hook.result.current).toMatchObject({ data: undefined, loading: true });
  hook.rerender({ key: "b" });
  await act(async () => answers.get("b")?.("of b"));
  await act(async () => answers.get("a")?.("of a"));
  expect(hook.result.current).toMatchObject({ data: "of b", loading: false });
});

test("after a failure what was there stays, with a sentence, until a reload succeeds", async () => {
  const outcomes: (string | Error)[] = ["first", new Error("It is away."), "second"];
  const hook = renderHook(() =>
    useLoaded("key", async () => {
      const outcome = outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }),
  );
  await waitFor(() => expect(hook.result.current.data).toBe("first"));
  act(() => hook.result.current.reload());
  await waitFor(() => expect(hook.result.current).toMatchObject({ data: "first", error: "It is away.", loading: false }));
  act(() => hook.result.current.reload());
  await waitFor(() => expect(hook.result.current).toMatchObject({ data: "second", error: undefined, loading: false }));
});
