import { REGIONS } from "../../sample/salesModel.ts";
import { format } from "./format.ts";
import { spanDays } from "./isoDate.ts";
import { drawCharts } from "./pdfCharts.ts";
import { loadPdfkit } from "./pdfkit.ts";
import { COLORS, CONTENT_WIDTH, PAGE, label, numberPages } from "./pdfPage.ts";
import type { Cursor, Document } from "./pdfPage.ts";
import { drawTable } from "./pdfTable.ts";
import type { Column } from "./pdfTable.ts";
import type { Group, Summary } from "./summary.ts";

export interface PdfOptions {
  readonly includeCharts: boolean;
  /** Ms since 1970: written on the report. */
  readonly createdAt: number;
}

/** Up to this many days each day gets a row; longer periods are told by month. */
const MAX_DAY_ROWS = 62;
const TOP_PRODUCTS = 10;
const KEY_FIGURE_HEIGHT = 62;

/** The report as a PDF, A4, one page or more. The same summary and options make the same bytes. */
export async function renderPdf(summary: Summary, options: PdfOptions): Promise<Buffer> {
  const PDFDocument = await loadPdfkit();
  const title = `Sales report, ${period(summary)}`;
  const doc = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    bufferPages: true,
    lang: "en",
    displayTitle: true,
    info: { Title: title, Author: "Streamer", Creator: "Streamer", CreationDate: new Date(options.createdAt) },
  });
  const bytes = collect(doc);
  const cursor: Cursor = { doc, y: PAGE.margin };
  drawTitle(cursor, summary);
  drawKeyFigures(cursor, summary);
  if (summary.total.records === 0) {
    label(doc, "There are no sales in this period.", PAGE.margin, cursor.y, { size: 11 });
  } else {
    if (options.includeCharts) drawCharts(cursor, summary);
    drawTables(cursor, summary);
  }
  numberPages(doc, `Sample data, invented. Made by Streamer on ${format.moment(options.createdAt)}.`);
  doc.end();
  return bytes;
}

function collect(doc: Document): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
  });
}

function period({ startDate, endDate }: Summary): string {
  return startDate === endDate ? format.day(startDate) : `${format.day(startDate)} to ${format.day(endDate)}`;
}

function drawTitle(cursor: Cursor, summary: Summary): void {
  const { doc } = cursor;
  const days = spanDays(summary.startDate, summary.endDate);
  label(doc, "STREAMER", PAGE.margin, cursor.y, { size: 8, bold: true, color: COLORS.accent });
  label(doc, "Sales report", PAGE.margin, cursor.y + 16, { size: 25, bold: true });
  label(doc, `${period(summary)}  ·  ${format.count(days)} ${days === 1 ? "day" : "days"}`, PAGE.margin, cursor.y + 47, {
    size: 10.5,
    color: COLORS.muted,
  });
  cursor.y += 72;
}

function drawKeyFigures(cursor: Cursor, summary: Summary): void {
  const { total, byDay } = summary;
  const best = byDay.reduce<Group | undefined>((top, day) => (day.revenueCents > (top?.revenueCents ?? 0) ? day : top), undefined);
  const perDay = (value: number): number => value / byDay.length;
  const perSale = (value: number): number => (total.records === 0 ? 0 : value / total.records);
  const figures = [
    { name: "Revenue", value: format.money(total.revenueCents), note: `${format.money(perDay(total.revenueCents))} a day` },
    { name: "Sales", value: format.count(total.records), note: `${format.average(perDay(total.records))} a day` },
    {
      name: "Average sale",
      value: format.exactMoney(perSale(total.revenueCents)),
      note: `${format.average(perSale(total.units))} units a sale`,
    },
    {
      name: "Best day",
      value: best === undefined ? "–" : format.weekday(best.name),
      note: best === undefined ? "no sales in this period" : format.money(best.revenueCents),
    },
  ];
  const gap = 10;
  const width = (CONTENT_WIDTH - gap * (figures.length - 1)) / figures.length;
  for (const [index, { name, value, note }] of figures.entries()) {
    const x = PAGE.margin + index * (width + gap);
    cursor.doc.roundedRect(x, cursor.y, width, KEY_FIGURE_HEIGHT, 6).fill(COLORS.panel);
    label(cursor.doc, name, x + 12, cursor.y + 10, { size: 8, color: COLORS.muted });
    label(cursor.doc, value, x + 12, cursor.y + 23, { size: 15, bold: true, maxWidth: width - 20 });
    label(cursor.doc, note, x + 12, cursor.y + 44, { size: 8, color: COLORS.muted, maxWidth: width - 20 });
  }
  cursor.y += KEY_FIGURE_HEIGHT + 20;
}

/** What a report with sales says in numbers. */
function drawTables(cursor: Cursor, summary: Summary): void {
  const { total, byCategory, byRegion, byProduct, byDay, byMonth } = summary;
  const totals = ["Total", format.count(total.records), format.count(total.units), format.money(total.revenueCents)];
  const groupTotals = [...totals, format.percent(1)];
  drawTable(cursor, { title: "By category", columns: groupColumns("Category", byCategory), rows: byCategory, totals: groupTotals });
  drawTable(cursor, { title: "By region", columns: groupColumns("Region", byRegion), rows: byRegion, totals: groupTotals });
  drawTable(cursor, {
    title: "Category by region",
    note: "revenue",
    columns: [
      { title: "Category", width: 0.24, text: ({ name }) => name, align: "left" },
      ...REGIONS.map((region) => ({
        title: region,
        width: 0.15,
        text: ({ name }: (typeof byCategory)[number]) => format.money(summary.revenueCents(name, region)),
      })),
      { title: "Total", width: 0.16, text: ({ revenueCents }) => format.money(revenueCents) },
    ],
    rows: byCategory,
    totals: ["Total", ...byRegion.map(({ revenueCents }) => format.money(revenueCents)), format.money(total.revenueCents)],
  });
  const products = byProduct.slice(0, TOP_PRODUCTS);
  drawTable(cursor, { title: "Best products", note: "by revenue", columns: groupColumns("Product", products), rows: products });
  if (byDay.length === 1) return;
  if (byDay.length <= MAX_DAY_ROWS) {
    drawTable(cursor, { title: "By day", columns: groupColumns("Day", byDay, format.weekday), rows: byDay, totals: groupTotals });
  } else {
    drawTable(cursor, { title: "By month", columns: groupColumns("Month", byMonth, format.month), rows: byMonth, totals: groupTotals });
  }
}

function groupColumns(title: string, rows: readonly Group[], name: (name: string) => string = (text) => text): Column<Group>[] {
  const largest = Math.max(...rows.map(({ share }) => share));
  return [
    { title, width: 0.32, text: (group) => name(group.name), align: "left" },
    { title: "Sales", width: 0.14, text: ({ records }) => format.count(records) },
    { title: "Units", width: 0.14, text: ({ units }) => format.count(units) },
    { title: "Revenue", width: 0.18, text: ({ revenueCents }) => format.money(revenueCents) },
    { title: "Share", width: 0.22, text: ({ share }) => format.percent(share), bar: ({ share }) => share / largest },
  ];
}
