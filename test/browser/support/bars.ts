import type { Page } from "playwright-core";

/** What a tab's progress bars have shown, oldest first, over all its page loads. */
export interface ShownBars {
  of(requestId: string): readonly number[];
}

declare global {
  var noteBar: (requestId: string, percentage: number, told: number) => void;
}

/** Writes down every state of a bar that the browser could have painted: the styles it draws by, and what it tells screen readers. */
export async function recordBars(page: Page): Promise<ShownBars> {
  const shown: { readonly requestId: string; readonly percentage: number }[] = [];
  await page.exposeFunction("noteBar", (requestId: string, percentage: number, told: number) => {
    if (Math.round(percentage) !== told) throw new Error(`A bar is drawn at ${percentage} percent and says ${told}.`);
    shown.push({ requestId, percentage });
  });
  await page.addInitScript(() => {
    // Called when a task and its promises are done: before the browser paints, and never in between.
    new MutationObserver(() => {
      for (const bar of document.querySelectorAll<HTMLElement>(".run[data-request] .bar")) {
        const requestId = bar.closest<HTMLElement>(".run")?.dataset["request"] ?? "";
        const drawn = Number.parseFloat(bar.querySelector<HTMLElement>(".bar-fill")?.style.width ?? "") || 0;
        const told = Number(bar.getAttribute("aria-valuenow"));
        const state = `${drawn} ${told}`;
        if (bar.dataset["noted"] === state) continue;
        bar.dataset["noted"] = state;
        globalThis.noteBar(requestId, drawn, told);
      }
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuenow", "style"] });
  });
  return { of: (requestId) => shown.filter((bar) => bar.requestId === requestId).map(({ percentage }) => percentage) };
}
