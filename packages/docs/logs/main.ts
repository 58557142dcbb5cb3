import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { logLineJsonSchema } from "@streamer/server/testing";
import { withLogs } from "./page.ts";

/** `node --conditions=@streamer/source packages/docs/logs/main.ts`: writes the tables of observability.md, and log-line.schema.json. */
const PAGE = join(import.meta.dirname, "../observability.md");
const SCHEMA = join(import.meta.dirname, "../log-line.schema.json");

await writeFile(PAGE, withLogs(await readFile(PAGE, "utf8")));
await writeFile(SCHEMA, `${JSON.stringify(logLineJsonSchema(), undefined, 2)}\n`);
process.stdout.write(`Written: ${PAGE}, ${SCHEMA}. Format them: npx oxfmt packages/docs\n`);
