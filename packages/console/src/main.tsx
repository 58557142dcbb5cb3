import { systemClock } from "@streamer/protocol";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createConsoleApi } from "./api/consoleApi.ts";
import { createLiveStore } from "./api/liveStore.ts";
import { createValue } from "./api/value.ts";
import { App } from "./app/app.tsx";
import { createNow } from "./app/createNow.ts";
import { createIdentity } from "./app/identity/identity.ts";
import { applyTheme, keptTheme } from "./app/theme.ts";
import { createToastStore } from "./app/toasts/toastStore.ts";
import "./ui/index.ts";

const root = document.querySelector("#root");
if (root === null) throw new Error("The page has no element with the id `root`. Was its HTML changed?");
const runToken = document.querySelector<HTMLMetaElement>('meta[name="streamer-console"]')?.content ?? "";

applyTheme(keptTheme(localStorage), document.documentElement, localStorage);
const clock = systemClock;
const api = createConsoleApi(
  { baseUrl: new URL("console/api/", document.baseURI).href, runToken },
  // Called as a function, as browsers want it.
  { fetch: (input, init) => fetch(input, init) },
);
const services = {
  api,
  clock,
  live: createLiveStore({ api, clock }),
  identity: createIdentity(localStorage),
  toasts: createToastStore({ clock }),
  now: createNow(clock),
  openedAt: createValue<number | undefined>(undefined),
  storage: sessionStorage,
};
createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
);
