import { act, cleanup, render } from "@testing-library/react";
import { createFakeClock } from "@streamer/protocol/testing";
import type { ReactElement } from "react";
import { onTestFinished } from "vitest";
import { createConsoleApi } from "../../../api/consoleApi.ts";
import { createLiveStore } from "../../../api/liveStore.ts";
import { createValue } from "../../../api/value.ts";
import { createEventSource } from "../../../api/testing/eventSource.ts";
import { ConsoleContext } from "../../../app/consoleContext.ts";
import { createNow } from "../../../app/createNow.ts";
import { createIdentity } from "../../../app/identity/identity.ts";
import { createToastStore } from "../../../app/toasts/toastStore.ts";
import type { AppView, ConsoleEvent } from "../../../contract.ts";
import { SAMPLE_START } from "./samples.ts";

const APP: AppView = {
  version: "0.0.0",
  stage: "local",
  websocketUrl: "ws://127.0.0.1:1",
  dataDir: "data",
  actions: [],
  chaos: { on: false, seed: 1, rates: {}, roughRates: {}, counts: {} },
};

/** What the stack answers: a value, or a status with a sentence. */
export type Answer = { readonly json: unknown } | { readonly status: number; readonly code: string; readonly message: string };

export interface ConsolePage {
  /** The calls so far, such as "GET requests?limit=50". The stream of events is none. */
  readonly calls: readonly string[];
  /** Texts of the toasts that are shown. */
  toasts(): readonly string[];
  /** Tells the page of events, and lets the time pass in which it gathers them. */
  tell(...events: readonly ConsoleEvent[]): Promise<void>;
  /** Lets what was begun go on, and this time pass. */
  pass(ms?: number): Promise<void>;
}

/** Renders a page within the console's own parts; only the stack behind `fetch` is not there: `answer` stands for it. */
export async function renderPage(page: ReactElement, answer: (call: string) => Answer): Promise<ConsolePage> {
  const clock = createFakeClock(SAMPLE_START + 10_000);
  const events = createEventSource();
  const calls: string[] = [];
  const fakeFetch: typeof fetch = (input, init) => {
    const path = new Request(input, init).url.replace("http://console.test/", "");
    if (path === "events") return Promise.resolve(new Response(events.stream));
    const call = `${init?.method ?? "GET"} ${path}`;
    calls.push(call);
    const given = answer(call);
    return Promise.resolve(
      "json" in given
        ? Response.json(given.json)
        : Response.json({ error: { code: given.code, message: given.message } }, { status: given.status }),
    );
  };
  const api = createConsoleApi({ baseUrl: "http://console.test/", runToken: "token" }, { fetch: fakeFetch });
  const live = createLiveStore({ api, clock });
  const toasts = createToastStore({ clock });
  sessionStorage.clear();
  const services = {
    api,
    live,
    clock,
    toasts,
    app: APP,
    now: createNow(clock),
    openedAt: createValue<number | undefined>(undefined),
    identity: createIdentity(sessionStorage),
    storage: sessionStorage,
  };
  const pass = async (ms = 0): Promise<void> => {
    await act(async () => {
      // Bodies of answers and the stream come by way of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    });
  };
  const stop = live.start();
  onTestFinished(async () => {
    cleanup();
    events.end();
    await stop();
  });
  // The stream first: its beginning has pages fetch anew.
  await pass();
  render(<ConsoleContext value={services}>{page}</ConsoleContext>);
  await pass();
  return {
    calls,
    toasts: () => toasts.toasts.get().map(({ text }) => text),
    pass,
    async tell(...told) {
      events.send(...told);
      await pass();
      await pass(1_500);
      await pass();
    },
  };
}
