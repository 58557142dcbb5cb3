// @vitest-environment jsdom
import { fireEvent, screen, within } from "@testing-library/react";
import { createElement } from "react";
import { describe, expect, test } from "vitest";
import type { DeadLetters } from "../../contract.ts";
import { renderPage } from "../requests/testing/consolePage.tsx";
import { sampleRow, SAMPLE_START } from "../requests/testing/samples.ts";
import { DeadLettersPage } from "./page.tsx";

const FAILED = sampleRow({ requestId: "dead-1", status: "failed", endedAt: SAMPLE_START + 500, errorCode: "PROCESSING_FAILED" });
const DEAD: DeadLetters = {
  requests: [{ ...FAILED, failureReason: "no rows" }],
  queues: [
    { queue: "generate_report_dead_letters", messages: 2 },
    { queue: "echo_dead_letters", messages: 0 },
  ],
  pipe: 1,
};
const WELL: DeadLetters = { requests: [], queues: DEAD.queues.map(({ queue }) => ({ queue, messages: 0 })), pipe: 0 };

describe("the dead letters", () => {
  test("are shown by code, with the reason, and the queues with advice", async () => {
    await renderPage(createElement(DeadLettersPage), () => ({ json: DEAD }));
    const group = screen.getByRole("region", { name: "PROCESSING_FAILED" });
    expect(within(group).getByText("No rows.")).toBeTruthy();
    expect(within(group).getByRole("link").getAttribute("href")).toBe("#/requests/acme/dead-1");
    const messages = screen.getByRole("region", { name: "Messages that nobody could take" });
    expect(messages.textContent).toMatch(/generate_report_dead_letters2 messages.*nothing is lost.*pipe1 record.*1 other queue has none\./);
  });

  test("one is redriven by its button, and gone when it has started", async () => {
    let letters = DEAD;
    const page = await renderPage(createElement(DeadLettersPage), (call) => {
      if (call.startsWith("POST")) letters = { ...DEAD, requests: [] };
      return { json: call.startsWith("POST") ? {} : letters };
    });
    fireEvent.click(screen.getByRole("button", { name: "Redrive generate_report dead-1" }));
    await page.pass();
    await page.pass();
    expect(page.calls.filter((call) => call.startsWith("POST"))).toEqual(["POST requests/acme/dead-1/redrive"]);
    expect(screen.queryByRole("button", { name: /Redrive/ })).toBeNull();
    expect(page.toasts()).toEqual(["generate_report starts again."]);
  });

  test("one that cannot be redriven stays, and why is said", async () => {
    const page = await renderPage(createElement(DeadLettersPage), (call) =>
      call.startsWith("POST") ? { status: 409, code: "REFUSED", message: "It runs again already." } : { json: DEAD },
    );
    fireEvent.click(screen.getByRole("button", { name: "Redrive generate_report dead-1" }));
    await page.pass();
    await page.pass();
    expect(page.toasts()).toEqual(["It runs again already."]);
    expect(screen.getByRole("button", { name: "Redrive generate_report dead-1" })).toHaveProperty("disabled", false);
  });

  test("a request that fails meanwhile has them fetched anew, one that runs has not", async () => {
    let letters = WELL;
    const page = await renderPage(createElement(DeadLettersPage), () => ({ json: letters }));
    expect(screen.getByText("Nothing has died")).toBeTruthy();
    letters = DEAD;
    const before = page.calls.length;
    await page.tell({ type: "request", row: sampleRow({ requestId: "other" }) });
    expect(page.calls).toHaveLength(before);
    await page.tell({ type: "request", row: FAILED });
    expect(screen.getByText("No rows.")).toBeTruthy();
  });
});
