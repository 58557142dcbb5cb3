import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asyncApiText } from "./document.ts";
import type { AsyncApiDocument } from "./document.ts";
import { withAsyncApi } from "./page.ts";

/** `node --conditions=@streamer/source packages/docs/asyncapi/main.ts`: writes the document, and the tables of its page. */
const PAGE = join(import.meta.dirname, "../asyncapi.md");
const DOCUMENT = join(import.meta.dirname, "../public/asyncapi.json");

const text = await asyncApiText();
await writeFile(DOCUMENT, text);
await writeFile(PAGE, withAsyncApi(await readFile(PAGE, "utf8"), JSON.parse(text) as AsyncApiDocument));
process.stdout.write(`Written: ${DOCUMENT}, ${PAGE}. Format them: npx oxfmt packages/docs\n`);
