import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient, submitBatch } from "@streamer/client";
import type { App } from "./functions/src/actions/index.ts";
import { batchIdOf } from "./program/batchId.ts";
import { startDisplay } from "./program/display.ts";
import { followFile } from "./program/followFile.ts";
import { readOrderFiles } from "./program/readOrderFiles.ts";
import { writeSummary } from "./program/summary.ts";

/**
 * `main.ts [folder] [--outage <file>] [--follow <file>]`: imports every CSV file of a folder, as one batch.
 *
 * Exit codes: 0 all files are loaded; 1 it could not run; 3 some files are not loaded, and the summary says why; 130 it was told to stop:
 * the batch goes on, and the same command shows it again.
 */
const EXIT = { ok: 0, failure: 1, partly: 3, interrupted: 130 } as const;

async function main(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { outage: { type: "string" }, follow: { type: "string" } },
  });
  const { STREAMER_URL: url = "ws://127.0.0.1:4000/local", STREAMER_TOKEN: token } = process.env;
  if (token === undefined) throw new Error("There is no STREAMER_TOKEN. Set it to what `npx streamer token` prints.");

  const files = await readOrderFiles(positionals[0] ?? join(import.meta.dirname, "data"));
  const names = files.map(({ file }) => file);
  for (const named of [values.outage, values.follow]) {
    if (named !== undefined && !names.includes(named)) throw new Error(`There is no ${named}. There are: ${names.join(", ")}.`);
  }
  const inputs = files.map(({ file, text }) => (file === values.outage ? { file, text, outage: true } : { file, text }));
  const told = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => told.abort());

  const api = createClient<App>({ url, token });
  try {
    // The same files are the same batch: what is loaded is not loaded again, what was not sent is sent now.
    const batch = submitBatch(api.importFile, inputs, { id: batchIdOf(inputs) });
    const display = startDisplay(batch, names, { out: process.stderr, picture: process.stderr.isTTY && values.follow === undefined });
    try {
      const [results] = await Promise.all([
        batch.results({ signal: told.signal }),
        values.follow !== undefined && followFile(batch, names.indexOf(values.follow), { out: process.stderr, signal: told.signal }),
      ]);
      display.stop();
      await writeSummary(batch, results, names, process.stdout);
      return results.every(({ status }) => status === "completed") ? EXIT.ok : EXIT.partly;
    } catch (error) {
      if (!told.signal.aborted) throw error;
      process.stderr.write(`Stopped watching. The batch ${batch.id} goes on; the same command shows it again.\n`);
      return EXIT.interrupted;
    } finally {
      display.stop();
    }
  } finally {
    await api.$client.close();
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failure;
});
