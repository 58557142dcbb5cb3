import type { Clock } from "@streamer/protocol";
import { createContext, useCallback, useContext } from "react";
import type { ConsoleApi } from "../api/consoleApi.ts";
import { sentenceOf } from "../api/consoleCallError.ts";
import type { LiveStore } from "../api/liveStore.ts";
import { useReadable } from "../api/useReadable.ts";
import type { Readable, Writable } from "../api/value.ts";
import type { AppView } from "../contract.ts";
import type { Identity } from "./identity/identity.ts";
import type { ToastStore } from "./toasts/toastStore.ts";

/** What every page of the console has at hand. Made once, in `main.tsx`. */
export interface ConsoleServices {
  readonly api: ConsoleApi;
  readonly live: LiveStore;
  readonly identity: Writable<Identity>;
  readonly toasts: ToastStore;
  readonly clock: Clock;
  /** The time, each second, for what says "3 s ago". */
  readonly now: Readable<number>;
  /** When the page's own connection was opened last, in ms since 1970. */
  readonly openedAt: Writable<number | undefined>;
  /** Of this tab: what it shows survives a reload. */
  readonly storage: Storage;
}

export interface ConsoleContextValue extends ConsoleServices {
  /** As it was when the page was loaded, or functions were loaded anew. */
  readonly app: AppView;
}

export const ConsoleContext = createContext<ConsoleContextValue | undefined>(undefined);

export function useConsole(): ConsoleContextValue {
  const value = useContext(ConsoleContext);
  if (value === undefined) throw new Error("useConsole was called outside the console's shell. Render the component within it.");
  return value;
}

/** Milliseconds since 1970, rendered anew each second. */
export function useNow(): number {
  return useReadable(useConsole().now);
}

/**
 * Runs what a button asks for, and tells by a toast how it went.
 *
 * ```tsx
 * const run = useCommand();
 * <Button onClick={() => run(() => api.commandRequest(tenantId, requestId, "cancel"), "Asked it to end early.")}>Cancel</Button>
 * ```
 */
export function useCommand(): (command: () => Promise<unknown>, doneText?: string) => void {
  const { toasts } = useConsole();
  return useCallback(
    (command, doneText) => {
      const run = async (): Promise<void> => {
        try {
          await command();
          if (doneText !== undefined) toasts.show(doneText, "good");
        } catch (error) {
          toasts.show(sentenceOf(error), "bad");
        }
      };
      void run();
    },
    [toasts],
  );
}
