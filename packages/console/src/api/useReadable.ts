import { useSyncExternalStore } from "react";
import type { Readable } from "./value.ts";

/** The value, rendered anew when it changes. */
export function useReadable<Value>(value: Readable<Value>): Value {
  return useSyncExternalStore(value.subscribe, value.get);
}
