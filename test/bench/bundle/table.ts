import type { FunctionReport } from "./report.ts";

const HEAD = ["function", "KB", "KB late", "init ms", "over empty", "× client"];

/** The report as text, for people. `how` says how it was made. */
export function reportTable(report: readonly FunctionReport[], how: string): string {
  const rows = report.map((one) => [
    one.name,
    one.kilobytes.toFixed(0),
    one.lateKilobytes.toFixed(0),
    one.initMs.toFixed(1),
    one.overEmptyMs.toFixed(1),
    one.timesClient.toFixed(2),
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  const largest = report.map(
    ({ name, packages }) => `${name}: ${packages.map((one) => `${one.name} ${(one.bytes / 1024).toFixed(0)}`).join(", ")}`,
  );
  return [how, "", line(HEAD), ...rows.map(line), "", "Largest packages (KB, of what loads at the start):", ...largest, ""].join("\n");
}
