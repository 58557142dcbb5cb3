import { barLengths, ringChart, trendChart } from "./chart.ts";
import { format } from "./format.ts";
import { COLORS, CONTENT_WIDTH, PAGE, heading, label, makeRoom } from "./pdfPage.ts";
import type { Cursor } from "./pdfPage.ts";
import type { Summary } from "./summary.ts";

const TREND_HEIGHT = 98;
const AXIS_WIDTH = 46;
const RING_RADIUS = 44;
const HALF_GAP = 14;
const BAR_ROW = 20;

/** Draws the revenue over time (one day is no course of time), and below it by region and by category. */
export function drawCharts(cursor: Cursor, summary: Summary): void {
  if (summary.byDay.length > 1) drawTrend(cursor, summary);
  drawShares(cursor, summary);
}

function drawTrend(cursor: Cursor, summary: Summary): void {
  const { doc } = cursor;
  makeRoom(cursor, TREND_HEIGHT + 60);
  const chart = trendChart(summary.byDay, {
    width: CONTENT_WIDTH - AXIS_WIDTH,
    height: TREND_HEIGHT,
    value: (day) => day.revenueCents,
    valueLabel: format.money,
    nameLabel: format.shortDay,
  });
  heading(cursor, "Revenue by day", chart.average === undefined ? undefined : "bold: mean of seven days");
  const left = PAGE.margin + AXIS_WIDTH;
  const top = cursor.y + 4;
  for (const tick of chart.yTicks) {
    const y = top + tick.position;
    doc
      .moveTo(left, y)
      .lineTo(PAGE.width - PAGE.margin, y)
      .lineWidth(0.5)
      .stroke(COLORS.line);
    label(doc, tick.label, left - 8, y - 3.5, { size: 7.5, color: COLORS.muted, align: "right" });
  }
  for (const tick of chart.xTicks) {
    label(doc, tick.label, left + tick.position, top + TREND_HEIGHT + 7, { size: 7.5, color: COLORS.muted, align: "center" });
  }
  const restless = chart.average !== undefined;
  doc.save().translate(left, top);
  doc.path(chart.area).fill(COLORS.accentSoft);
  doc
    .path(chart.line)
    .lineWidth(restless ? 0.5 : 1.6)
    .strokeOpacity(restless ? 0.45 : 1)
    .stroke(COLORS.accent);
  if (chart.average !== undefined) doc.path(chart.average).lineWidth(1.8).strokeOpacity(1).stroke(COLORS.accent);
  doc.restore();
  cursor.y = top + TREND_HEIGHT + 32;
}

function drawShares(cursor: Cursor, summary: Summary): void {
  const half = CONTENT_WIDTH / 2 - HALF_GAP;
  makeRoom(cursor, 2 * RING_RADIUS + 50);
  const top = cursor.y;
  heading(cursor, "Revenue by region");
  label(cursor.doc, "Revenue by category", PAGE.margin + half + 2 * HALF_GAP, top, { size: 12, bold: true });
  const ringBottom = drawRing(cursor, summary, half);
  const barsBottom = drawBars(cursor, summary, PAGE.margin + half + 2 * HALF_GAP, half);
  cursor.y = Math.max(ringBottom, barsBottom) + 16;
}

function drawRing({ doc, y }: Cursor, { byRegion, total }: Summary, width: number): number {
  const center = { x: PAGE.margin + RING_RADIUS + 4, y: y + RING_RADIUS + 4 };
  const paths = ringChart(byRegion, RING_RADIUS);
  for (const [index, path] of paths.entries()) {
    doc
      .save()
      .translate(center.x, center.y)
      .path(path)
      .fill(COLORS.regions[index] ?? COLORS.muted)
      .restore();
  }
  label(doc, format.count(total.records), center.x, center.y - 11, { size: 13, bold: true, align: "center" });
  label(doc, "sales", center.x, center.y + 4, { size: 7.5, color: COLORS.muted, align: "center" });
  const left = center.x + RING_RADIUS + 20;
  for (const [index, region] of byRegion.entries()) {
    const rowY = center.y - (byRegion.length * BAR_ROW) / 2 + index * BAR_ROW;
    doc.roundedRect(left, rowY + 5, 8, 8, 2).fill(COLORS.regions[index] ?? COLORS.muted);
    label(doc, region.name, left + 14, rowY + 5);
    label(doc, format.percent(region.share), PAGE.margin + width, rowY + 5, { bold: true, align: "right" });
  }
  return center.y + RING_RADIUS;
}

function drawBars({ doc, y }: Cursor, { byCategory }: Summary, left: number, width: number): number {
  const nameWidth = 62;
  const valueWidth = 50;
  const lengths = barLengths(byCategory, width - nameWidth - valueWidth);
  for (const [index, category] of byCategory.entries()) {
    const rowY = y + index * BAR_ROW;
    label(doc, category.name, left, rowY + 5, { maxWidth: nameWidth - 4 });
    doc.roundedRect(left + nameWidth, rowY + 3, Math.max(lengths[index] ?? 0, 1), 12, 2).fill(COLORS.accent);
    label(doc, format.money(category.revenueCents), left + width, rowY + 5, { bold: true, align: "right" });
  }
  return y + byCategory.length * BAR_ROW;
}
