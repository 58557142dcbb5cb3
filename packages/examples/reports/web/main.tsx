import { StreamerProvider } from "@streamer/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { api } from "./api.ts";
import { ReportsPage } from "./reportsPage.tsx";
// oxlint-disable import/no-unassigned-import -- how Vite is given a style sheet
import "../../shared/page.css";
import "./style.css";
// oxlint-enable import/no-unassigned-import

const root = document.querySelector("#root");
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <StreamerProvider client={api}>
      <ReportsPage />
    </StreamerProvider>
  </StrictMode>,
);
