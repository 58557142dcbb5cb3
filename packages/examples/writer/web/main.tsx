import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Writer } from "./writer.tsx";
// oxlint-disable import/no-unassigned-import -- how Vite is given style sheets
import "../../shared/web/base.css";
import "./style.css";

const root = document.querySelector("#root");
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <Writer />
  </StrictMode>,
);
