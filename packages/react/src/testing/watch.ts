import { cleanup, renderHook } from "@testing-library/react";
import type { ComponentType, ReactNode } from "react";
import { useEffect } from "react";
import { onTestFinished } from "vitest";

export interface Watched<Value, Props> {
  /** The value that is shown. */
  readonly current: Value;
  /** Every value that was shown, in order. */
  readonly shown: readonly Value[];
  /** Waits until a value is shown that is as wanted; the present one counts. */
  until(isIt: (value: Value) => boolean): Promise<Value>;
  rerender(props: Props): void;
  unmount(): void;
}

export interface WatchOptions<Props> {
  readonly props?: Props;
  readonly strict?: boolean;
  readonly wrapper?: ComponentType<{ children: ReactNode }>;
}

/** Renders a component that shows what a hook gives, until the test has finished. */
export function watch<Value, Props = undefined>(
  useValue: (props: Props) => Value,
  options: WatchOptions<Props> = {},
): Watched<Value, Props> {
  const { props, strict = false, wrapper } = options;
  const shown: Value[] = [];
  const wakers = new Set<() => void>();
  const { rerender, unmount } = renderHook(
    (given: Props) => {
      const value = useValue(given);
      useEffect(() => {
        // An effect that StrictMode runs twice shows nothing new.
        if (shown.length > 0 && Object.is(shown.at(-1), value)) return;
        shown.push(value);
        for (const wake of wakers) wake();
      }, [value]);
    },
    { initialProps: props as Props, reactStrictMode: strict, ...(wrapper === undefined ? {} : { wrapper }) },
  );
  onTestFinished(cleanup);
  const current = (): Value => {
    if (shown.length === 0) throw new Error("Nothing is shown yet.");
    return shown.at(-1) as Value;
  };
  return {
    get current() {
      return current();
    },
    shown,
    rerender,
    unmount,
    until(isIt) {
      return new Promise((resolve) => {
        const check = (): void => {
          if (!isIt(current())) return;
          wakers.delete(check);
          resolve(current());
        };
        wakers.add(check);
        check();
      });
    },
  };
}
