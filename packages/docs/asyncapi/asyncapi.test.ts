import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { asyncApiText } from "./document.ts";
import type { AsyncApiDocument } from "./document.ts";
import { withAsyncApi } from "./page.ts";

const DOCS = join(import.meta.dirname, "..");
/** That there is a 3.1: what is said here needs nothing of it, and more tools read 3.0. */
const NEWER_VERSION = "asyncapi-latest-version";

interface Diagnosis {
  readonly version?: string;
  readonly diagnostics: readonly { readonly code: string; readonly severity: number; readonly path: string; readonly message: string }[];
}

let text: string;
beforeAll(async () => {
  text = await asyncApiText();
});

/** What the parser of the AsyncAPI project says. */
function diagnose(document: string): Promise<Diagnosis> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [join(import.meta.dirname, "diagnose.ts")], (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as Diagnosis);
      else reject(error);
    });
    child.stdin?.end(document);
  });
}

it("the document is valid AsyncAPI 3.0, with nothing to warn of", { timeout: 60_000 }, async () => {
  const { version, diagnostics } = await diagnose(text);
  expect(diagnostics.filter(({ code }) => code !== NEWER_VERSION)).toEqual([]);
  expect(version).toBe("3.0.0");
});

it("a document with a mistake is told of, so the check can fail", { timeout: 60_000 }, async () => {
  const wrong = { ...(JSON.parse(text) as AsyncApiDocument), channels: { connection: { address: 7 } } };
  const { diagnostics } = await diagnose(JSON.stringify(wrong));
  expect(diagnostics.some(({ severity }) => severity === 0)).toBe(true);
});

it("the published document is what the command says now", async () => {
  expect(JSON.parse(await readFile(join(DOCS, "public/asyncapi.json"), "utf8"))).toEqual(JSON.parse(text));
});

it("the page shows the document as it is now", async () => {
  const page = await readFile(join(DOCS, "asyncapi.md"), "utf8");
  expect(withAsyncApi(page, JSON.parse(text) as AsyncApiDocument)).toBe(page);
});
