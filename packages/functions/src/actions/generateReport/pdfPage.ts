import type PDFKit from "pdfkit";
import { FONTS } from "./pdfkit.ts";

export type Document = InstanceType<typeof PDFKit>;

/** Points of 1/72 inch, on A4. */
export const PAGE = { width: 595.28, height: 841.89, margin: 44, footer: 50 } as const;
export const CONTENT_WIDTH = PAGE.width - 2 * PAGE.margin;
/** The lowest point that content may reach. */
export const CONTENT_BOTTOM = PAGE.height - PAGE.footer;

export const COLORS = {
  ink: "#14213d",
  muted: "#5f6b80",
  line: "#dfe4ec",
  panel: "#f4f6fa",
  accent: "#2457d6",
  accentSoft: "#dbe5fb",
  white: "#ffffff",
  regions: ["#2457d6", "#12a594", "#f0a02e", "#d6496b"],
} as const;

export interface LabelOptions {
  readonly size?: number;
  readonly bold?: boolean;
  readonly color?: string;
  readonly align?: "left" | "center" | "right";
  /** Longer text is cut and ends in an ellipsis. */
  readonly maxWidth?: number;
}

/** One line of text. `x` is its left end, middle or right end, as aligned; `y` its top. */
export function label(doc: Document, text: string, x: number, y: number, options: LabelOptions = {}): void {
  const { size = 9, bold = false, color = COLORS.ink, align = "left", maxWidth = Infinity } = options;
  doc
    .font(bold ? FONTS.bold : FONTS.regular)
    .fontSize(size)
    .fillColor(color);
  const shown = fit(doc, text, maxWidth);
  const width = doc.widthOfString(shown);
  const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
  // Without line breaks pdfkit never begins a page by itself: this file decides where pages end.
  doc.text(shown, left, y, { lineBreak: false });
}

function fit(doc: Document, text: string, maxWidth: number): string {
  if (doc.widthOfString(text) <= maxWidth) return text;
  let cut = text;
  while (cut.length > 1 && doc.widthOfString(`${cut}…`) > maxWidth) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}

/** Where the next piece of content goes, and the next page when there is no room for it. */
export interface Cursor {
  readonly doc: Document;
  y: number;
}

/** Begins a new page when fewer than `height` points are left. */
export function makeRoom(cursor: Cursor, height: number): boolean {
  if (cursor.y + height <= CONTENT_BOTTOM) return false;
  cursor.doc.addPage();
  cursor.y = PAGE.margin + 8;
  return true;
}

/** The title of a part of the report. */
export function heading(cursor: Cursor, title: string, note?: string): void {
  label(cursor.doc, title, PAGE.margin, cursor.y, { size: 12, bold: true });
  if (note !== undefined) label(cursor.doc, note, PAGE.width - PAGE.margin, cursor.y + 3, { size: 8, color: COLORS.muted, align: "right" });
  cursor.y += 22;
}

/** Footers come last, when the number of pages is known. Needs `bufferPages`. */
export function numberPages(doc: Document, note: string): void {
  const { count } = doc.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    doc.switchToPage(index);
    doc.rect(0, 0, PAGE.width, 5).fill(COLORS.accent);
    const y = PAGE.height - 34;
    doc
      .moveTo(PAGE.margin, y - 8)
      .lineTo(PAGE.width - PAGE.margin, y - 8)
      .lineWidth(0.5)
      .stroke(COLORS.line);
    label(doc, note, PAGE.margin, y, { size: 7.5, color: COLORS.muted });
    label(doc, `Page ${index + 1} of ${count}`, PAGE.width - PAGE.margin, y, { size: 7.5, color: COLORS.muted, align: "right" });
  }
}
