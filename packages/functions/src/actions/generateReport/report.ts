import type { Clock, ParsedInputOf } from "@streamer/protocol";
import type { Run } from "@streamer/server";
import type { Sale } from "../../sample/salesModel.ts";
import type { generateReport } from "./action.ts";
import { renderCsv } from "./csv.ts";
import { renderPdf } from "./pdf.ts";
import type { SalesStore } from "./sales.ts";
import { summarize } from "./summary.ts";
import type { Summary } from "./summary.ts";

export interface GenerateReportDeps {
  readonly sales: SalesStore;
  /** For the date on the report. */
  readonly clock: Clock;
}

type Input = ParsedInputOf<typeof generateReport>;

/** The work of `generate_report`: query, add up, draw, upload. It ends at the signal with the signal's reason. */
export function createGenerateReport({ sales, clock }: GenerateReportDeps): Run<typeof generateReport> {
  return async ({ input, progress, flush, putFile, signal, logger }) => {
    progress(0, "Starting report generation...", { stage: "query" });
    // What is reported within 100 ms is merged into one update; the end of a stage is waited for, so that everyone sees it.
    await flush();

    const found: Sale[] = [];
    for await (const page of sales.query(input.start_date, input.end_date, signal)) {
      signal.throwIfAborted();
      found.push(...page);
    }
    progress(30, `Queried ${found.length} records`, { stage: "query" });
    await flush();

    progress(30, "Processing data...", { stage: "render" });
    const summary = summarize(found, input.start_date, input.end_date);
    progress(60, "Data processing complete", { stage: "render" });
    await flush();
    signal.throwIfAborted();

    progress(60, "Generating report file...", { stage: "render" });
    const file = input.format === "csv" ? csvFile(found) : await pdfFile(summary, input, clock);
    signal.throwIfAborted();

    progress(90, "Uploading to S3...", { stage: "upload" });
    await flush();
    const name = `sales-${input.start_date}-to-${input.end_date}.${input.format}`;
    const url = await putFile(name, file.body, file.contentType);
    progress(100, "Report ready!", { stage: "upload" });
    logger.info("Report made.", { app: { records: found.length, size_bytes: file.body.byteLength, format: input.format } });
    return { url, records: found.length, size: file.body.byteLength };
  };
}

interface ReportFile {
  readonly body: Uint8Array;
  readonly contentType: string;
}

function csvFile(found: readonly Sale[]): ReportFile {
  return { body: new TextEncoder().encode(renderCsv(found)), contentType: "text/csv; charset=utf-8" };
}

async function pdfFile(summary: Summary, input: Input, clock: Clock): Promise<ReportFile> {
  const body = await renderPdf(summary, { includeCharts: input.include_charts, createdAt: clock.now() });
  return { body, contentType: "application/pdf" };
}
