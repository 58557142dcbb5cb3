// @vitest-environment jsdom
import { fireEvent, screen } from "@testing-library/react";
import { createElement } from "react";
import { describe, expect, test, vi } from "vitest";
import type { RequestRow } from "../../contract.ts";
import { RequestsPage } from "./page.tsx";
import { renderPage } from "./testing/consolePage.tsx";
import type { Answer } from "./testing/consolePage.tsx";
import { sampleRow, SAMPLE_START } from "./testing/samples.ts";

const rowAt = (atMs: number, more: Partial<RequestRow> = {}): RequestRow =>
  sampleRow({ requestId: `at-${atMs}`, createdAt: SAMPLE_START + atMs, ...more });
const pageOf = (...rows: readonly RequestRow[]): Answer => ({ json: { items: rows } });

const rows = (): readonly HTMLElement[] => screen.queryAllByRole("link", { name: /generate_report/ });
const shown = (): readonly (string | undefined)[] => rows().map((row) => row.getAttribute("href")?.split("/").at(-1));

describe("the list of requests", () => {
  test("shows what there is, newest first, as links with all that one wants to know", async () => {
    await renderPage(createElement(RequestsPage), () => pageOf(rowAt(100), rowAt(200, { attempt: 2, status: "retrying" })));
    expect(shown()).toEqual(["at-200", "at-100"]);
    expect(rows()[0]?.textContent).toMatch(/Retrying.*40 %.*user ada.*attempt 2.*submitted 10 s ago.*took 9\.8 s/);
  });

  test("a row changes where it stands as events come", async () => {
    const page = await renderPage(createElement(RequestsPage), () => pageOf(rowAt(200), rowAt(100)));
    await page.tell({ type: "request", row: rowAt(100, { status: "completed", endedAt: SAMPLE_START + 400 }) });
    expect(shown()).toEqual(["at-200", "at-100"]);
    expect(rows()[1]?.textContent).toMatch(/Completed.*100 %.*took 300 ms/);
    expect(page.calls).toHaveLength(1);
  });

  test("a new request slides in at the top, but not while one reads the rows: then it announces itself", async () => {
    const page = await renderPage(createElement(RequestsPage), () => pageOf(rowAt(100)));
    await page.tell({ type: "request", row: rowAt(200) });
    expect(shown()).toEqual(["at-200", "at-100"]);
    rows()[0]?.focus();
    await page.tell({ type: "request", row: rowAt(300) }, { type: "request", row: rowAt(400) });
    expect(shown()).toEqual(["at-200", "at-100"]);
    const scrolled = vi.spyOn(window, "scrollTo").mockReturnValue(undefined);
    fireEvent.click(screen.getByRole("button", { name: /^2 new/ }));
    expect(scrolled).toHaveBeenCalledWith(0, 0);
    scrolled.mockRestore();
    expect(shown()).toEqual(["at-400", "at-300", "at-200", "at-100"]);
  });

  test("the filter asks the stack, holds for what comes later, and is kept", async () => {
    const page = await renderPage(createElement(RequestsPage), (call) =>
      call.includes("status=failed") ? pageOf(rowAt(50, { status: "failed" })) : pageOf(rowAt(100)),
    );
    fireEvent.change(screen.getByLabelText("Status"), { target: { value: "failed" } });
    await page.pass();
    await page.tell({ type: "request", row: rowAt(300) }, { type: "request", row: rowAt(400, { status: "failed" }) });
    expect(shown()).toEqual(["at-400", "at-50"]);
    expect(page.calls.at(-1)).toBe("GET requests?status=failed&limit=50");
    expect(sessionStorage.getItem("streamer.console.requests.filter")).toContain("failed");
  });

  test("an older page is fetched from where the first ended", async () => {
    const page = await renderPage(createElement(RequestsPage), (call) =>
      call.includes("cursor=next") ? pageOf(rowAt(50)) : { json: { items: [rowAt(100)], cursor: "next" } },
    );
    fireEvent.click(screen.getByRole("button", { name: "Older requests" }));
    await page.pass();
    expect(shown()).toEqual(["at-100", "at-50"]);
    expect(screen.queryByRole("button", { name: "Older requests" })).toBeNull();
  });

  test("the arrows move among the rows, which are one stop for Tab", async () => {
    await renderPage(createElement(RequestsPage), () => pageOf(rowAt(300), rowAt(200), rowAt(100)));
    rows()[0]?.focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) fireEvent.keyDown(document.activeElement ?? document.body, { key });
    expect(document.activeElement).toBe(rows()[1]);
    expect(rows().map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1]);
  });

  test("with nothing there it says what to do, and with a filter how to see all", async () => {
    const page = await renderPage(createElement(RequestsPage), () => pageOf());
    expect(screen.getByRole("link", { name: "Try it" }).getAttribute("href")).toBe("#/try");
    fireEvent.change(screen.getByLabelText("User"), { target: { value: "grace" } });
    await page.pass();
    fireEvent.click(screen.getByRole("button", { name: "Show all requests" }));
    await page.pass();
    expect(page.calls).toEqual(["GET requests?limit=50", "GET requests?user=grace&limit=50", "GET requests?limit=50"]);
  });

  test("a fetch that failed says why, and is tried again on a click", async () => {
    let well = false;
    const page = await renderPage(createElement(RequestsPage), () =>
      well ? pageOf(rowAt(100)) : { status: 503, code: "BUSY", message: "The table does not answer." },
    );
    expect(screen.getByText("The table does not answer.")).toBeTruthy();
    well = true;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await page.pass();
    expect(shown()).toEqual(["at-100"]);
    expect(screen.queryByText("The table does not answer.")).toBeNull();
  });
});
