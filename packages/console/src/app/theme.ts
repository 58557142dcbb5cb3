const KEY = "streamer.console.theme";

/** `system`: as the browser says. */
export type Theme = "system" | "light" | "dark";

export function keptTheme(storage: Pick<Storage, "getItem">): Theme {
  const kept = storage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Shows it, and keeps it for later visits. */
export function applyTheme(theme: Theme, root: HTMLElement, storage: Pick<Storage, "setItem">): void {
  root.dataset["theme"] = theme;
  storage.setItem(KEY, theme);
}
