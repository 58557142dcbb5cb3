import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Page } from "playwright-core";

const STREAMER = join(import.meta.dirname, "../../../packages/local/bin/streamer.js");
const STYLE = `
  body { margin: 0; background: #1c2330; overflow: hidden; }
  pre { margin: 0; padding: 24px 28px; font: 17px/1.45 "DejaVu Sans Mono", Menlo, monospace; color: #d7deea; white-space: pre; }
  main { position: fixed; inset: auto 0 0 0; min-height: 100%; }
  .command { color: #7ee0a1; }
`;

/** Leaves the console for an empty terminal. */
export async function showTerminal(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.setContent(`<!doctype html><style>${STYLE}</style><main><pre role="log" aria-label="Terminal"></pre></main>`);
}

/**
 * Runs `streamer` on the stack of the data directory, and shows what it writes, as it writes it.
 *
 * @param into the file that the command's line sends its result to: that is then not shown.
 * @throws {Error} when it ends with another code than 0.
 */
export async function runInTerminal(page: Page, args: readonly string[], dataDir: string, into?: string): Promise<void> {
  const shown: Promise<void>[] = [];
  const show = (text: string, className = ""): void => {
    shown.push(page.evaluate(append, { text, className }));
  };
  // Each begins at the top, as after `clear`: text that scrolls makes a film several times larger.
  await page.evaluate(() => document.querySelector("pre")?.replaceChildren());
  show(`$ npx streamer ${args.map(quoted).join(" ")}${into === undefined ? "" : ` > ${into}`}\n`, "command");
  const child = spawn(process.execPath, [STREAMER, ...args, "--data-dir", dataDir], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (data: Buffer) => {
    if (into === undefined) show(data.toString());
  });
  child.stderr.on("data", (data: Buffer) => show(data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  show("\n");
  await Promise.all(shown);
  if (code !== 0) throw new Error(`streamer ${args.join(" ")} ended with ${code}:\n${await page.getByRole("log").innerText()}`);
}

function append({ text, className }: { readonly text: string; readonly className: string }): void {
  const part = document.createElement("span");
  part.className = className;
  part.textContent = text;
  document.querySelector("pre")?.append(part);
}

function quoted(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `'${word}'`;
}
