import { COLORS, CONTENT_WIDTH, PAGE, heading, label, makeRoom } from "./pdfPage.ts";
import type { Cursor } from "./pdfPage.ts";

export interface Column<Row> {
  readonly title: string;
  /** Share of the content's width. All of a table's add up to 1. */
  readonly width: number;
  readonly text: (row: Row) => string;
  /** Numbers stand right. Default "right". */
  readonly align?: "left" | "right";
  /** 0 to 1: draws a bar behind the text. */
  readonly bar?: (row: Row) => number;
}

export interface Table<Row> {
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** The last line, in bold: one text a column. */
  readonly totals?: readonly string[];
}

const ROW = 18;
const CELL_PADDING = 8;
/** How much of a cell a full bar takes; the text stands beside it. */
const BAR_SHARE = 0.58;
const SPACE_AFTER = 16;
const HEADING = 22;
/** A table of up to this many rows is kept on one page. */
const MAX_WHOLE_ROWS = 13;
/** Of a longer one, the heading is not left alone at the foot of a page: the head and these rows go with it. */
const ROWS_WITH_HEADING = 3;

/** Draws a table and moves the cursor below it. On a new page the head is drawn again. */
export function drawTable<Row>(cursor: Cursor, table: Table<Row>): void {
  const { columns, rows, totals } = table;
  const togetherRows = rows.length <= MAX_WHOLE_ROWS ? rows.length + (totals === undefined ? 0 : 1) : ROWS_WITH_HEADING;
  makeRoom(cursor, HEADING + ROW * (1 + togetherRows));
  heading(cursor, table.title, table.note);
  drawHead(cursor, columns);
  for (const [index, row] of rows.entries()) {
    // The totals stay with the last row.
    const needed = index === rows.length - 1 && totals !== undefined ? 2 * ROW : ROW;
    if (makeRoom(cursor, needed)) drawHead(cursor, columns);
    drawCells(cursor, columns, (column) => column.text(row), { row });
    rule(cursor);
  }
  if (totals !== undefined) drawCells(cursor, columns, (_, column) => totals[column] ?? "", { bold: true });
  cursor.y += SPACE_AFTER;
}

function drawHead<Row>(cursor: Cursor, columns: readonly Column<Row>[]): void {
  cursor.doc.roundedRect(PAGE.margin, cursor.y, CONTENT_WIDTH, ROW, 3).fill(COLORS.panel);
  drawCells(cursor, columns, (column) => column.title, { bold: true, color: COLORS.muted, size: 8 });
}

interface CellStyle<Row> {
  readonly row?: Row;
  readonly bold?: boolean;
  readonly color?: string;
  readonly size?: number;
}

function drawCells<Row>(
  cursor: Cursor,
  columns: readonly Column<Row>[],
  text: (column: Column<Row>, index: number) => string,
  style: CellStyle<Row>,
): void {
  const { doc, y } = cursor;
  const { bold = false, color = COLORS.ink, size = 9 } = style;
  let x: number = PAGE.margin;
  for (const [index, column] of columns.entries()) {
    const width = column.width * CONTENT_WIDTH;
    const inner = width - 2 * CELL_PADDING;
    if (column.bar !== undefined && style.row !== undefined) {
      const length = inner * BAR_SHARE * column.bar(style.row);
      if (length > 0) doc.roundedRect(x + CELL_PADDING, y + 5.5, Math.max(length, 1), 7, 1.5).fill(COLORS.accentSoft);
    }
    const right = (column.align ?? "right") === "right";
    label(doc, text(column, index), right ? x + width - CELL_PADDING : x + CELL_PADDING, y + 5, {
      size,
      bold,
      color,
      align: right ? "right" : "left",
      maxWidth: inner,
    });
    x += width;
  }
  cursor.y += ROW;
}

function rule({ doc, y }: Cursor): void {
  doc
    .moveTo(PAGE.margin, y)
    .lineTo(PAGE.width - PAGE.margin, y)
    .lineWidth(0.5)
    .stroke(COLORS.line);
}
