import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { devToken } from "./dev/devToken.ts";

export default defineConfig({ plugins: [react(), devToken()] });
