// @vitest-environment jsdom
import { fireEvent, screen, within } from "@testing-library/react";
import { createElement } from "react";
import { describe, expect, test } from "vitest";
import type { RequestDetail } from "../../contract.ts";
import { RequestPage } from "./requestPage.tsx";
import { renderPage } from "./testing/consolePage.tsx";
import type { ConsolePage } from "./testing/consolePage.tsx";
import { hopsOf, sampleDetail, sampleRow, wayIn } from "./testing/samples.ts";

const RUNNING = sampleDetail({
  status: "processing",
  attempt: 1,
  percentage: 40,
  updates: [],
  timeline: hopsOf([...wayIn(), [90, "worker", "attempt 1 starts", { attempt: 1 }]]),
});

function show(detail: () => RequestDetail): Promise<ConsolePage> {
  const page = createElement(RequestPage, { tenantId: "acme", requestId: "r1" });
  return renderPage(page, (call) => (call === "GET requests/acme/r1" ? { json: detail() } : { json: {} }));
}

const tab = (name: RegExp): void => void fireEvent.click(screen.getByRole("tab", { name }));

describe("the page of a request", () => {
  test("shows each attempt hop by hop, with its trouble", async () => {
    await show(() => sampleDetail());
    const first = screen.getByRole("region", { name: "Attempt 1" });
    expect(
      within(first)
        .getAllByRole("listitem")
        .map(({ textContent }) => textContent),
    ).toEqual([
      expect.stringMatching(/^Gateway\+0 ms/),
      expect.stringMatching(/^Router\+2 ms/),
      expect.stringMatching(/^Table ×2\+4 ms/),
      expect.stringMatching(/^Pipe\+6 ms/),
      expect.stringMatching(/^Bus\+8 ms/),
      expect.stringMatching(/^Queue\+10 ms/),
      expect.stringMatching(/^Worker, with trouble\+90 ms810 ms/),
      expect.stringMatching(/^Updates ×2\+310 ms/),
      expect.stringMatching(/^Posts ×2\+314 ms/),
      "80 ms waiting for a worker",
    ]);
    expect(within(first).getByText("Worker: worker killed")).toBeTruthy();
    expect(screen.getByText(/until the next attempt/).textContent).toBe("1.9 s until the next attempt");
    expect(within(screen.getByRole("region", { name: "Attempt 2" })).getByText("+4.511 s")).toBeTruthy();
  });

  test("lists every step with its time", async () => {
    await show(() => sampleDetail());
    tab(/Each step \(23\)/);
    const killed = screen.getByRole("row", { name: /attempt 1 ends/ });
    expect(killed.textContent).toMatch(/\+900 msWorkerattempt 1 ends810 msworker killed/);
  });

  test("shows the result with its file, and the payload, updates, attempts and details", async () => {
    await show(() => sampleDetail());
    expect(screen.getByRole("link", { name: "Open url" }).getAttribute("href")).toBe("http://127.0.0.1:4010/files/report.pdf");
    tab(/Payload/);
    expect(screen.getByRole("region", { name: "the payload" }).textContent).toContain("2026-01-14");
    tab(/Updates \(4\)/);
    expect(screen.getAllByRole("row")[1]?.textContent).toMatch(/^4.*\+4\.1 s290 % · 90 of 100 pages\{"stage":"render"\}$/);
    tab(/Attempts \(2\)/);
    expect(screen.getAllByRole("row").map(({ textContent }) => textContent)).toEqual([
      expect.anything(),
      expect.stringMatching(/^1Failed.*810 ms240 %worker killed$/),
      expect.stringMatching(/^2Completed.*1\.5 s290 %–$/),
    ]);
    tab(/Details/);
    expect(screen.getByText("corr-1")).toBeTruthy();
  });

  test("of one that failed it says why, and what to do", async () => {
    const detail = sampleDetail({ status: "failed", error: { code: "TIMEOUT" }, failureReason: "still waiting for the warehouse" });
    await show(() => detail);
    expect(screen.getByText(/The work was not done in its time\./)).toBeTruthy();
    expect(screen.getByText("Why: Still waiting for the warehouse.")).toBeTruthy();
    expect(screen.getByText(/What to do: Make it faster/)).toBeTruthy();
  });

  test("is fetched anew when something happens to it, and not for others", async () => {
    let detail = RUNNING;
    const page = await show(() => detail);
    expect(screen.getByRole("progressbar", { name: "Progress of generate_report" }).getAttribute("aria-valuenow")).toBe("40");
    const before = page.calls.length;
    await page.tell({ type: "request", row: sampleRow({ requestId: "r2" }) }, { type: "request", row: sampleRow({ tenantId: "globex" }) });
    expect(page.calls).toHaveLength(before);
    detail = { ...RUNNING, percentage: 70 };
    await page.tell(
      { type: "request", row: sampleRow({ percentage: 60 }) },
      { type: "hop", hop: { id: 99, requestId: "r1", hop: "update", what: "progress 70 %", at: 1 } },
    );
    expect(page.calls).toHaveLength(before + 1);
    expect(screen.getByRole("progressbar", { name: "Progress of generate_report" }).getAttribute("aria-valuenow")).toBe("70");
  });

  test.each([
    ["Kill worker", "POST requests/acme/r1/kill-worker"],
    ["Cancel", "POST requests/acme/r1/cancel"],
  ])("%s tells the stack, says so, and looks again", async (name, call) => {
    const page = await show(() => RUNNING);
    fireEvent.click(screen.getByRole("button", { name }));
    await page.pass();
    await page.pass();
    expect(page.calls.slice(-2)).toEqual([call, "GET requests/acme/r1"]);
    expect(page.toasts()).toHaveLength(1);
    expect(screen.getByRole("button", { name })).toHaveProperty("disabled", false);
  });

  test("of an earlier run it says that nothing was seen", async () => {
    await show(() => sampleDetail({ timeline: [] }));
    expect(screen.getByText("Nothing was seen of it")).toBeTruthy();
  });

  test("that there is not says so", async () => {
    const page = createElement(RequestPage, { tenantId: "acme", requestId: "nope" });
    await renderPage(page, () => ({ status: 404, code: "NOT_FOUND", message: "There is no request nope of acme." }));
    expect(screen.getByText("There is no request nope of acme.")).toBeTruthy();
  });
});
