import { StreamerProvider } from "@streamer/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { api } from "./api.ts";
import { PrintsPage } from "./printsPage.tsx";
// oxlint-disable import/no-unassigned-import -- how Vite is given a style sheet
import "../../shared/page.css";
import "./style.css";
// oxlint-enable import/no-unassigned-import

const queryClient = new QueryClient({
  // Streamer's client sends again by itself what was not taken, and waits for the connection.
  defaultOptions: { queries: { retry: false, networkMode: "always", staleTime: Infinity } },
});

const root = document.querySelector("#root");
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <StreamerProvider client={api}>
      <QueryClientProvider client={queryClient}>
        <PrintsPage />
      </QueryClientProvider>
    </StreamerProvider>
  </StrictMode>,
);
