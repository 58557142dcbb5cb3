import type { BenchReport, Machine } from "./report.ts";
import { figuresTable } from "./table.ts";

const PLACE = /(<!-- figures: (?<name>[\w-]+) -->)[\s\S]*?(<!-- end -->)/g;

/**
 * The page with the tables of a report in its places: `<!-- figures: round-trip -->` to `<!-- end -->`, and `machine` for what they were
 * taken on. A place whose benchmark the report does not have says so.
 *
 * @throws when the page has no place for a benchmark of the report.
 */
export function withFigures(page: string, report: BenchReport): string {
  const filled = new Set<string>();
  const text = page.replaceAll(PLACE, (...match) => {
    const [, begin, name, end] = match as unknown as readonly [string, string, string, string];
    filled.add(name);
    return `${begin}\n\n${name === "machine" ? machineLine(report.machine) : figuresOf(name, report)}\n\n${end}`;
  });
  const missing = report.measurements.map(({ benchmark }) => benchmark).filter((name) => !filled.has(name));
  if (missing.length === 0) return text;
  throw new Error(
    `The page has no place for ${missing.join(", ")}. Put "<!-- figures: ${missing[0] ?? ""} -->" and "<!-- end -->" where the table goes.`,
  );
}

function figuresOf(name: string, { measurements }: BenchReport): string {
  const found = measurements.find(({ benchmark }) => benchmark === name);
  if (found === undefined) return `Not measured yet: \`npm run bench -- ${name} --write\`.`;
  return `${found.how} (${found.date.slice(0, 10)}, commit ${found.commit}.)\n\n${figuresTable(found)}`;
}

/** One line for people. */
export function machineLine({ cpus, model, memory, node, platform }: Machine): string {
  return `${cpus} × ${model}, ${memory} GB, Node.js ${node.replace(/^v/, "")}, ${platform}.`;
}
