import { parseArgs } from "node:util";
import { actions } from "@streamer/functions/actions";
import { createWiring } from "@streamer/server/wiring";
import { functionsOf } from "../../bench/bundle/report.ts";
import { REPOSITORY } from "../synth/platform.ts";
import { sstDiff } from "./diff.ts";
import type { BuiltFunction } from "./functions.ts";
import { loadFunction } from "./functions.ts";
import { createWorkspace } from "./workspace.ts";

/** The real `sst diff` without network or account: every function is bundled as a deploy would, and its bundle loaded alone. */
const USAGE = "Usage: npm run diff:offline -- --stage <name> [--json]";

const { values } = parseArgs({ options: { stage: { type: "string" }, json: { type: "boolean", default: false } } });
if (values.stage === undefined) {
  process.stderr.write(`Which stage? ${USAGE}\n`);
  process.exit(2);
}
const workspace = await createWorkspace(REPOSITORY);
try {
  const run = await sstDiff(workspace, { stage: values.stage });
  const functions: BuiltFunction[] = [];
  for (const { name } of functionsOf(createWiring(actions))) functions.push(await loadFunction(run, workspace, name));
  process.stdout.write(values.json ? `${JSON.stringify(functions.map(forPrograms), undefined, 2)}\n` : table(functions));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await workspace.remove();
}

function forPrograms({ name, handler, kilobytes, lateKilobytes, zipKilobytes, files }: BuiltFunction): object {
  return { name, handler, kilobytes, lateKilobytes, zipKilobytes, files };
}

function table(functions: readonly BuiltFunction[]): string {
  const rows = functions.map((one) => [one.name, ...[one.kilobytes, one.lateKilobytes, one.zipKilobytes].map((size) => size.toFixed(0))]);
  const lines = [["function", "KB", "KB late", "KB zipped"], ...rows];
  const width = Math.max(...lines.map(([name = ""]) => name.length));
  const text = lines.map(([name = "", ...sizes]) => [name.padEnd(width), ...sizes.map((size) => size.padStart(9))].join("  "));
  return `${text.join("\n")}\n${functions.length} functions, bundled by the SST CLI; each loads alone and exports its handler.\n`;
}
