import { printable } from "../columns.ts";

/** Cells of a bar: each stands for two percent. */
export const BAR_CELLS = 50;

/** What a person sees of one request. */
export interface BarView {
  /** Before its lines, where there are several; else empty. */
  readonly label: string;
  readonly percentage: number;
  readonly status: string;
}

/** `Progress: █████░░░░░ 45%`. Full only at 100. */
export function progressLine({ percentage }: Pick<BarView, "percentage">): string {
  const whole = Math.floor(Math.min(100, Math.max(0, percentage)));
  const full = Math.floor((whole * BAR_CELLS) / 100);
  return `Progress: ${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)} ${whole}%`;
}

/** What a handler says is others' text: it does nothing to the terminal. */
export function statusLine({ status }: Pick<BarView, "status">): string {
  return `Status: ${printable(status)}`;
}

export function barLines(view: BarView): readonly [string, string] {
  return [`${view.label}${progressLine(view)}`, `${" ".repeat(view.label.length)}${statusLine(view)}`];
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** All bars, in what the terminal has: two lines each, else one each, else the first of them. No line is longer than the terminal. */
export function frameLines(views: readonly BarView[], { columns, rows }: ScreenSize): readonly string[] {
  // The cursor stands below them.
  const free = Math.max(1, rows - 1);
  if (views.length * 2 <= free) return views.flatMap((view) => barLines(view)).map((line) => cut(line, columns));
  const oneLine = (view: BarView): string => cut(`${view.label}${progressLine(view)}  ${printable(view.status)}`, columns);
  if (views.length <= free) return views.map(oneLine);
  const shown = views.slice(0, Math.max(1, free - 1));
  return [...shown.map(oneLine), cut(`… and ${views.length - shown.length} more`, columns)];
}

function cut(line: string, columns: number): string {
  const letters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  return letters.length <= columns ? line : `${letters.slice(0, Math.max(0, columns - 1)).join("")}…`;
}
