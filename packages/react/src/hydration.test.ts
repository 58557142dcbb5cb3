// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { createElement } from "react";
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { setUpConnectedApp } from "./testing/app.ts";
import { progress } from "./testing/messages.ts";
import { useAction } from "./useAction.ts";

test("what a server rendered is taken over as it is, and then goes on", async () => {
  const { api, connection } = await setUpConnectedApp();
  const moved = Promise.withResolvers<void>();
  const Report = (): ReactElement => {
    const { status, percentage } = useAction(api.generateReport, { resume: "r1" });
    if (percentage > 0) moved.resolve();
    return createElement("p", {}, `${status} ${percentage}`);
  };
  const container = document.createElement("div");
  container.innerHTML = renderToString(createElement(Report));
  expect(container.innerHTML).toBe("<p>idle 0</p>");
  const paragraph = container.firstChild;
  document.body.append(container);
  // Where React would complain that server and browser differ.
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => {
    complaints.mockRestore();
    cleanup();
    container.remove();
  });
  render(createElement(Report), { container, hydrate: true });
  expect(await connection.next()).toMatchObject({ type: "subscribe", request_id: "r1" });
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1, { percentage: 40 })], more: false });
  await moved.promise;
  await vi.waitFor(() => expect(container.innerHTML).toBe("<p>running 40</p>"), { interval: 1 });
  expect(container.firstChild).toBe(paragraph);
  expect(complaints.mock.calls).toEqual([]);
});
