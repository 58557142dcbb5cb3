import type { Clock } from "@streamer/protocol";
import { createValue } from "../../api/value.ts";
import type { Readable } from "../../api/value.ts";

const MAX_SHOWN = 4;
const SHOWN_MS = 6_000;

export interface Toast {
  readonly id: number;
  readonly tone: "neutral" | "good" | "bad";
  readonly text: string;
}

export interface ToastStore {
  readonly toasts: Readable<readonly Toast[]>;
  /** Shows a sentence for 6 seconds; one that tells of trouble stays until it is dismissed, or others have pushed it out. */
  show(text: string, tone?: Toast["tone"]): void;
  dismiss(id: number): void;
}

export function createToastStore({ clock }: { readonly clock: Clock }): ToastStore {
  const toasts = createValue<readonly Toast[]>([]);
  let lastId = 0;
  const dismiss = (id: number): void => toasts.set(toasts.get().filter((toast) => toast.id !== id));
  return {
    toasts,
    dismiss,
    show(text, tone = "neutral") {
      const id = ++lastId;
      // The same sentence twice helps nobody.
      const others = toasts.get().filter((toast) => toast.text !== text);
      toasts.set([...others, { id, tone, text }].slice(-MAX_SHOWN));
      if (tone !== "bad") clock.after(SHOWN_MS, () => dismiss(id));
    },
  };
}
