import { createServer } from "node:http";
import { readFile, mkdtemp } from "node:fs/promises";
import { join, resolve, extname } from "node:path";
import { tmpdir } from "node:os";
import { toJsonSchema } from "@valibot/to-json-schema";
import { startLocalStack } from "@streamer/local";
import { actions } from "../../../packages/functions/src/actions/index.ts";
import { validExamples, invalidExamples } from "../../../packages/functions/src/actions/processData/examples.ts";
import * as bulk from "../../../packages/functions/src/actions/bulkOperation/examples.ts";
import { launchChromium } from "./chromium.ts";
import { layCable } from "./cable.ts";
const dist = resolve(import.meta.dirname, "../../../packages/console/dist");
const stack = await startLocalStack({ functionsDir: resolve(import.meta.dirname, "../../../packages/functions"), dataDir: await mkdtemp(join(tmpdir(), "shell-")), port: 0 });
const cable = await layCable(Number(new URL(stack.websocketUrl).port));
const url = new URL(stack.websocketUrl); url.port = String(cable.port);
const ex: any = { process_data: [...validExamples, ...invalidExamples], bulk_operation: [...bulk.validExamples, ...bulk.invalidExamples],
  generate_report: [{ title: "January 2024", payload: { start_date: "2024-01-01", end_date: "2024-01-31" } }, { title: "CSV of a year", payload: { start_date: "2024-01-01", end_date: "2024-12-31", format: "csv" } }, { title: "Dates the wrong way round", payload: { start_date: "2024-02-01", end_date: "2024-01-01" }, code: "VALIDATION_ERROR" }],
  echo: [{ title: "Hello", payload: { message: "Hello, Streamer!" } }, { title: "Empty", payload: { message: "" }, code: "VALIDATION_ERROR" }] };
const app = { version: "0", stage: "local", websocketUrl: url.href, dataDir: "x", chaos: { on: false, seed: 1, rates: {}, counts: {} },
  actions: Object.values(actions).map((a: any) => ({ name: a.name, asynchronous: ["generate_report", "process_data", "bulk_operation"].includes(a.name), estimatedDurationMs: a.estimatedDurationMs ?? 10, timeoutMs: a.timeoutMs ?? 30000, attempts: a.retry?.attempts ?? 1, permissions: a.name === "bulk_operation" ? ["items:write"] : (a.permissions ?? []),
    inputSchema: toJsonSchema(a.input, { errorMode: "ignore", typeMode: "input" }), examples: (ex[a.name] ?? []).map((e: any) => ({ title: e.title, payload: e.payload, ...(e.code ? { error: e.code } : {}) })) })) };
const server = createServer(async (req, res) => {
  const path = new URL(req.url ?? "/", "http://x").pathname;
  let body = ""; for await (const c of req) body += c;
  const json = (v: unknown, s = 200) => res.writeHead(s, { "content-type": "application/json" }).end(JSON.stringify(v));
  res.setHeader("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  if (path === "/console/api/app") return json(app);
  if (path === "/console/api/token") return json({ token: await stack.key.mint({ ...JSON.parse(body), expiresIn: "1h" }) });
  if (path === "/console/api/events") { res.writeHead(200, { "content-type": "text/event-stream" }); res.write(": hi\n\n"); return; }
  if (path === "/console/api/connections") return json({ items: [{ connectionId: "c", tenantId: "demo", userId: "demo", open: true, connectedAt: Date.now(), permissions: [], requests: [], topics: [] }] });
  if (path.endsWith("/drop")) { cable.cut(); setTimeout(() => cable.mend(), 1200); return json({}); }
  if (path.startsWith("/console/api")) return json({ error: { code: "NOT_FOUND", message: "Not in the fake." } }, 404);
  const file = path === "/" ? "index.html" : path.slice(1);
  const type = ({ ".html": "text/html", ".js": "text/javascript", ".css": "text/css" } as any)[extname(file)] ?? "text/plain";
  try { res.writeHead(200, { "content-type": type }).end(await readFile(join(dist, file))); } catch { json({}, 404); }
});
await new Promise<void>((r) => server.listen(0, "127.0.0.1", r));
const base = `http://127.0.0.1:${(server.address() as any).port}/`;
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light", bypassCSP: process.argv[3] === "axe" });
page.on("console", (m) => { if (["error", "warning"].includes(m.type())) console.log("console:", m.text()); });
page.on("pageerror", (e) => console.log("pageerror:", e));
page.setDefaultTimeout(20000);
const shot = async (name: string, both = true) => {
  for (const [w, scheme] of both ? [[1280, "light"], [1280, "dark"], [360, "light"], [360, "dark"]] as const : [[1280, "light"]] as const) {
    await page.setViewportSize({ width: w, height: w === 360 ? 740 : 900 }); await page.emulateMedia({ colorScheme: scheme });
    await page.waitForTimeout(150);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) console.log(name, w, "overflows by", over);
    await page.screenshot({ path: `/tmp/shots/${name}-${w}-${scheme}.png`, fullPage: w === 360 });
  }
  await page.setViewportSize({ width: 1280, height: 900 }); await page.emulateMedia({ colorScheme: "light", bypassCSP: process.argv[3] === "axe" });
};
const axe = async (name: string) => {
  await page.addScriptTag({ path: resolve(import.meta.dirname, "../../../node_modules/axe-core/axe.min.js") }).catch(() => undefined);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme }); await page.waitForTimeout(400);
    const r: any = await page.evaluate("typeof axe === 'undefined' ? null : axe.run()");
    console.log("axe", name, scheme, r === null ? "blocked" : r.violations.map((v: any) => `${v.id}: ${v.nodes.map((n: any) => n.target + " " + (n.any[0]?.message ?? "")).slice(0, 3).join(" | ")}`));
  }
  await page.emulateMedia({ colorScheme: "light", bypassCSP: process.argv[3] === "axe" });
};
try {
  await import(process.argv[2] ?? "").then((m) => m.default({ page, base, shot, axe, cable }));
} catch (e) { console.log("FAILED", e); await page.screenshot({ path: "/tmp/shots/failed.png" }); }
await browser.close(); server.closeAllConnections(); server.close(); await cable.close(); await stack.stop();
