import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { sampleDays, salesOfDay } from "../../sample/generateSales.ts";
import { renderPdf } from "./pdf.ts";
import { summarize } from "./summary.ts";
import type { Summary } from "./summary.ts";

const createdAt = Date.UTC(2026, 0, 2, 9, 30);

function summaryOf(startDate: string, endDate: string): Summary {
  const days = sampleDays().filter((day) => day >= startDate && day <= endDate);
  return summarize(days.flatMap(salesOfDay), startDate, endDate);
}

/** Page contents are compressed; the objects around them are text. */
function pagesOf(pdf: Uint8Array): number {
  return [
    ...Buffer.from(pdf)
      .toString("latin1")
      .matchAll(/\/Type \/Page\b(?!s)/g),
  ].length;
}

test("a report is a whole PDF: header, pages, trailer", async () => {
  const pdf = await renderPdf(summaryOf("2024-01-01", "2024-01-31"), { includeCharts: true, createdAt });
  const text = pdf.toString("latin1");
  expect(text).toMatch(/^%PDF-1\.\d/);
  expect(text.trimEnd()).toMatch(/startxref\s+\d+\s+%%EOF$/);
  const xrefAt = Number(/startxref\s+(\d+)/.exec(text)?.[1]);
  expect(text.slice(xrefAt, xrefAt + 4)).toBe("xref");
  expect(pagesOf(pdf)).toBe(3);
  expect(text).toContain(`/Count ${pagesOf(pdf)}`);
});

test("the same report is the same bytes", async () => {
  const make = () => renderPdf(summaryOf("2024-01-01", "2024-01-31"), { includeCharts: true, createdAt });
  expect((await make()).equals(await make())).toBe(true);
});

test("a report without charts is smaller and has no fewer tables", async () => {
  const summary = summaryOf("2024-01-01", "2024-01-31");
  const [charts, plain] = await Promise.all([true, false].map((includeCharts) => renderPdf(summary, { includeCharts, createdAt })));
  expect(plain?.byteLength).toBeLessThan(charts?.byteLength ?? 0);
});

test.each([
  ["a year", "2024-01-01", "2024-12-31", 2],
  ["a single day", "2024-05-05", "2024-05-05", 2],
  ["a period without a sale", "2019-01-01", "2019-01-03", 1],
])("%s fits its pages", async (_, startDate, endDate, pages) => {
  expect(pagesOf(await renderPdf(summaryOf(startDate, endDate), { includeCharts: true, createdAt }))).toBe(pages);
});

test("it draws the same from a bundle of one file, far from pdfkit's own files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "streamer-bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bundle = join(folder, "bundle.mjs");
  await build({
    stdin: {
      contents: `
        import { writeFileSync } from "node:fs";
        import { sampleDays, salesOfDay } from "../../sample/generateSales.ts";
        import { renderPdf } from "./pdf.ts";
        import { summarize } from "./summary.ts";
        const sales = sampleDays().filter((day) => day.startsWith("2024-01")).flatMap(salesOfDay);
        const summary = summarize(sales, "2024-01-01", "2024-01-31");
        writeFileSync(process.argv[2], await renderPdf(summary, { includeCharts: true, createdAt: ${createdAt} }));`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    minify: true,
    conditions: ["@streamer/source"],
    banner: {
      js: 'import { createRequire as topLevelCreateRequire } from "node:module"; const require = topLevelCreateRequire(import.meta.url);',
    },
    outfile: bundle,
    logLevel: "error",
  });
  const output = join(folder, "report.pdf");
  await promisify(execFile)(process.execPath, [bundle, output], { cwd: folder });
  const unbundled = await renderPdf(summaryOf("2024-01-01", "2024-01-31"), { includeCharts: true, createdAt });
  expect((await readFile(output)).equals(unbundled)).toBe(true);
});
