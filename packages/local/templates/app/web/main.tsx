import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Letters } from "./letters.tsx";
// oxlint-disable-next-line import/no-unassigned-import -- how Vite is given a style sheet
import "./style.css";

const root = document.querySelector("#root");
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <Letters />
  </StrictMode>,
);
